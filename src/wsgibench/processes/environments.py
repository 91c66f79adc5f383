"""Environments of Python on top of another one: all that it has, but for some packages in other versions.

An environment has a directory by the hash of all that it is made of, in the user's cache. What is installed comes first
on its import path, the packages of the environment below it behind that: pip's own among them. uv installs, if it is on
PATH; else pip, where there is none one that comes with Python.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from wsgibench.errors import MissingError
from wsgibench.processes.installers import TIMEOUT_S, Wanted, installed_by_uv
from wsgibench.processes.interpreter import TOLD, packages_of, told
from wsgibench.processes.logs import last_lines
from wsgibench.processes.programs import output_of
from wsgibench.user_cache import cache_path

_READY = "wsgibench-ready"
_KEPT_S = 30 * 86_400.0
_FORMAT = "1"
"""Of what is made here: another one makes all anew."""

_SITES = f"""
import json, site, sys, sysconfig
own = [sysconfig.get_path("purelib"), sysconfig.get_path("platlib"), *site.getsitepackages()]
users = [site.getusersitepackages()] if site.ENABLE_USER_SITE else []
print("\\n{TOLD}" + json.dumps(list(dict.fromkeys(own + users))))
"""


def environment_with(
    base: str, requirements: Sequence[str], constraints: Sequence[str] = (), *, files: Sequence[str] = ()
) -> str:
    """The interpreter of an environment that has what ``base`` has, and these requirements; made where it is not there.

    Where they come from ``files``, they are lines as such files have them, options among them, which are shown nowhere.

    Raises:
        MissingError: it cannot be made; with the last words of what failed.
    """
    cache = _cache()
    _sweep(cache)
    directory = cache / _key(base, [*requirements], [*constraints], by_file=bool(files))
    python = directory / "bin/python"
    with _locked(directory.with_suffix(".lock")):
        if not (directory / _READY).exists():
            shutil.rmtree(directory, ignore_errors=True)
            try:
                _make(directory, python, base, " and ".join(files) or " ".join(requirements))
                _install(directory, python, requirements, constraints, files)
            except BaseException:
                shutil.rmtree(directory, ignore_errors=True)
                raise
        (directory / _READY).touch()  # when it was asked for last
    return str(python)


def made_on(python: str) -> str:
    """The day on which the environment of that interpreter was made, ``2026-11-21``; empty where nobody knows."""
    try:
        made_s = Path(python).parent.with_name("pyvenv.cfg").stat().st_mtime
    except OSError:
        return ""
    return time.strftime("%Y-%m-%d", time.localtime(made_s))


def _make(directory: Path, python: Path, base: str, what: str) -> None:
    _run((base, "-m", "venv", "--without-pip", str(directory)), f"An environment for '{what}' cannot be made.")
    sites = _sites(base, f"The interpreter '{base}' does not run.")
    own = _sites(str(python), "The new environment does not run.")
    # By addsitedir, for what is installed in place there has files of that kind, too.
    lines = [f"import site; site.addsitedir({site!r})\n" for site in sites]
    Path(own[0], "wsgibench-base.pth").write_text("".join(lines))


def _sites(python: str, failed: str) -> list[str]:
    """The directories that packages are in, its own first."""
    said = _run((python, "-c", _SITES), failed)
    try:
        sites: list[str] = told(said)
    except ValueError as exc:
        raise MissingError(failed, last_lines(said, 5) or "It says nothing.") from exc
    return sites


def _install(
    directory: Path, python: Path, requirements: Sequence[str], constraints: Sequence[str], files: Sequence[str]
) -> None:
    what = " and ".join(files) or " ".join(requirements)
    failed = (
        f"What {what} {'asks' if len(files) == 1 else 'ask'} for cannot be installed."
        if files
        else f"'{what}' cannot be installed."
    )
    wanted = Wanted(
        directory=directory, python=str(python), requirements=tuple(requirements), constraints=tuple(constraints)
    )
    why = installed_by_uv(wanted)
    if why is None:
        return
    if "pip" not in packages_of(str(python)):
        if why:
            raise MissingError(failed, last_lines(why, 5))
        _run((str(python), "-m", "ensurepip"), f"There is no pip to install '{what}' with.")
    pip = (str(python), "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--quiet")
    # By files alone: a requirement may be a URL with a password, and command lines are public.
    _run((*pip, *wanted.write()), failed)


def _sweep(cache: Path) -> None:
    """Remove what a killed call began and nobody makes now, and what nobody has asked for in a month."""
    for lock in cache.glob("*.lock"):
        directory = lock.with_suffix("")
        if directory.is_dir() and not _is_fresh(directory):
            with contextlib.suppress(BlockingIOError), _locked(lock, wait=False):
                if not _is_fresh(directory):
                    shutil.rmtree(directory, ignore_errors=True)


def _is_fresh(directory: Path) -> bool:
    """Whether it is ready, and was asked for not long ago."""
    with contextlib.suppress(OSError):
        return time.time() - (directory / _READY).stat().st_mtime < _KEPT_S
    return False


def _run(argv: Sequence[str], failed: str) -> str:
    code, said = output_of(argv, timeout_s=TIMEOUT_S)
    if code != 0:
        raise MissingError(failed, last_lines(said, 5) or "It says nothing.")
    return said


def _key(base: str, requirements: list[str], constraints: list[str], *, by_file: bool) -> str:
    made_of = [_FORMAT, base, os.path.realpath(base), packages_of(base), requirements, constraints, by_file]
    return hashlib.sha256(json.dumps(made_of).encode()).hexdigest()[:24]


def _cache() -> Path:
    path = cache_path("environments")
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as exc:
        raise MissingError(f"No environment can be made in {path}: {exc.strerror}.", "Set XDG_CACHE_HOME.") from exc
    return path


@contextlib.contextmanager
def _locked(path: Path, *, wait: bool = True) -> Iterator[None]:
    """One process at a time makes it; the others wait, and then find it, or get a BlockingIOError."""
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)
