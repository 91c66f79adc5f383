"""Environments of Python on top of another one: all that it has, but for some packages in other versions.

An environment has a directory by the hash of all that it is made of, in the user's cache. What is installed comes first
on its import path, the packages of the environment below it behind that: pip's own among them. Where that has no pip,
uv installs, if it is on PATH, else a pip that comes with Python.
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
from wsgibench.processes.interpreter import TOLD, packages_of, told
from wsgibench.processes.logs import last_lines
from wsgibench.processes.private_directory import write_private
from wsgibench.processes.programs import find_program, output_of
from wsgibench.user_cache import cache_path

_TIMEOUT_S = 900.0
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
    arguments = tuple(requirements)
    if files:
        arguments = ("--requirement", _written(directory / "requirements.txt", requirements))
        if constraints:
            arguments += ("--constraint", _written(directory / "constraints.txt", constraints))
    failed = f"What {what} {'asks' if len(files) == 1 else 'ask'} for cannot be installed."
    _run((*_installer(str(python), what), "--quiet", *arguments), failed if files else f"'{what}' cannot be installed.")


def _written(path: Path, lines: Sequence[str]) -> str:
    write_private(path, "".join(f"{line}\n" for line in lines).encode())
    return str(path)


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


def _installer(python: str, what: str) -> tuple[str, ...]:
    """What requirements are given to."""
    if "pip" not in packages_of(python):
        uv = find_program(("uv",))
        if uv:
            return (uv, "pip", "install", "--python", python)
        _run((python, "-m", "ensurepip"), f"There is no pip to install '{what}' with.")
    return (python, "-m", "pip", "install", "--disable-pip-version-check", "--no-input")


def _run(argv: Sequence[str], failed: str) -> str:
    code, said = output_of(argv, timeout_s=_TIMEOUT_S)
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
