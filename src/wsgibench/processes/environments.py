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
from collections.abc import Iterator, Sequence
from pathlib import Path

from wsgibench.errors import MissingError
from wsgibench.processes.interpreter import packages_of
from wsgibench.processes.programs import find_program, output_of

_TIMEOUT_S = 900.0
_READY = "wsgibench-ready"
_FORMAT = "1"
"""Of what is made here: another one makes all anew."""

_SITES = """
import json, site, sys, sysconfig
own = [sysconfig.get_path("purelib"), sysconfig.get_path("platlib"), *site.getsitepackages()]
print("\\n" + json.dumps(list(dict.fromkeys(own + ([site.getusersitepackages()] if site.ENABLE_USER_SITE else [])))))
"""


def environment_with(base: str, requirements: Sequence[str]) -> str:
    """The interpreter of an environment that has what ``base`` has, and these requirements; made where it is not there.

    Raises:
        MissingError: it cannot be made; with the last words of what failed.
    """
    directory = _cache() / _key(base, requirements)
    python = directory / "bin/python"
    with _locked(directory.with_suffix(".lock")):
        if not (directory / _READY).exists():
            shutil.rmtree(directory, ignore_errors=True)
            _make(directory, python, base, requirements)
            (directory / _READY).touch()
    return str(python)


def _make(directory: Path, python: Path, base: str, requirements: Sequence[str]) -> None:
    what = " ".join(requirements)
    _run((base, "-m", "venv", "--without-pip", str(directory)), f"An environment for '{what}' cannot be made.")
    sites = json.loads(_run((base, "-c", _SITES), f"The interpreter '{base}' does not run.").splitlines()[-1])
    own = _run((str(python), "-c", _SITES), "The new environment does not run.")
    # By addsitedir, for what is installed in place there has files of that kind, too.
    lines = [f"import site; site.addsitedir({site!r})\n" for site in sites]
    Path(json.loads(own.splitlines()[-1])[0], "wsgibench-base.pth").write_text("".join(lines))
    _run((*_installer(str(python), what), "--quiet", *requirements), f"'{what}' cannot be installed.")


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
        why = "\n".join(said.strip().splitlines()[-5:]) or "It says nothing."
        raise MissingError(failed, why)
    return said


def _key(base: str, requirements: Sequence[str]) -> str:
    made_of = [_FORMAT, base, os.path.realpath(base), packages_of(base), list(requirements)]
    return hashlib.sha256(json.dumps(made_of).encode()).hexdigest()[:24]


def _cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME", "")
    path = (Path(base) if base.startswith("/") else Path.home() / ".cache") / "wsgibench" / "environments"
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as exc:
        raise MissingError(f"No environment can be made in {path}: {exc.strerror}.", "Set XDG_CACHE_HOME.") from exc
    return path


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """One process at a time makes it; the others wait, and then find it."""
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
