"""What installs packages into an environment that has those of another one below it: uv, or pip.

pip sees what is below and leaves it as it is, where that will do. uv sees the environment alone: so it is asked first
what it would install, with what is below as its preference, and then to install what of that is not there in that very
version. uv is far quicker; whatever it cannot do, pip does as ever.
"""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from wsgibench.processes.interpreter import packages_of
from wsgibench.processes.private_directory import write_private
from wsgibench.processes.programs import find_program, output_of

TIMEOUT_S = 900.0
_PINNED = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)==([0-9][A-Za-z0-9.!+_-]*)(?=$|[ ;])")
_HASHED = re.compile(r"(^|\s)--hash[= ]")
_SETTING = re.compile(r"^[^.\s]+\.([a-z-]+)='(.*)'$", re.MULTILINE)
_SETTINGS = {
    "index-url": ("UV_DEFAULT_INDEX", "UV_INDEX_URL"),
    "extra-index-url": ("UV_INDEX", "UV_EXTRA_INDEX_URL"),
    "find-links": ("UV_FIND_LINKS",),
    "no-index": ("UV_NO_INDEX",),
    "cert": ("SSL_CERT_FILE",),
}
"""Of pip's, by what uv calls them: what says where packages come from holds whoever installs them."""
_OF_PIP_ALONE = ("constraint", "only-binary", "no-binary", "prefer-binary", "pre", "require-hashes", "target", "user")
"""What says which packages are taken, or where they go: uv is not told, so where one of these is set pip installs."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is to be installed.

    Attributes:
        directory: of the environment, which has ``python`` and nobody else writes to.
        requirements, constraints: lines as files of pip have them; they may hold passwords.
    """

    directory: Path
    python: str
    requirements: tuple[str, ...]
    constraints: tuple[str, ...] = ()

    def write(self) -> tuple[str, ...]:
        """The arguments that name them, once they are written where nobody else can read them."""
        named = ("--requirement", _written(self.directory / "requirements.txt", self.requirements))
        if not self.constraints:
            return named
        return (*named, "--constraint", _written(self.directory / "constraints.txt", self.constraints))


def installed_by_uv(wanted: Wanted) -> str | None:
    """Install it by uv; returns why not, None where it is done; empty where there is no uv, or it is pip's affair."""
    uv = find_program(("uv",))
    if uv is None:
        return ""
    told = _pip_is_told(wanted.python)
    if not told.keys().isdisjoint(_OF_PIP_ALONE):
        return ""
    env = [*_as_pip_is_told(told)]
    arguments = wanted.write()
    if any(_HASHED.search(line) for line in (*wanted.requirements, *wanted.constraints)):
        # All of it is pinned, and uv holds it to the hashes.
        return _failed((uv, "pip", "install", "--quiet", "--python", wanted.python, *arguments), env)
    below = packages_of(wanted.python)
    pins = wanted.directory / "pinned.txt"
    _written(pins, [f"{name}=={version}" for name, version in below.items() if _PINNED.match(f"{name}=={version}")])
    compiling = (uv, "pip", "compile", "--quiet", "--no-header", "--no-annotate", "--python", wanted.python)
    named = [word for word in arguments if word != "--requirement"]
    if (why := _failed((*compiling, *named, "--output-file", str(pins)), env)) is not None:
        return why
    there = {normal_name(name): version for name, version in below.items()}
    missing = [line for line in pins.read_text().splitlines() if not _is_there(line, there)]
    _written(pins, missing)
    installing = (uv, "pip", "install", "--quiet", "--no-deps", "--python", wanted.python, "--requirement", str(pins))
    return _failed(installing, env) if missing else None


def _is_there(line: str, there: dict[str, str]) -> bool:
    found = _PINNED.match(line)
    return found is not None and there.get(normal_name(found[1])) == found[2]


def normal_name(name: str) -> str:
    """The name of a package as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _failed(argv: Sequence[str], env: Sequence[tuple[str, str]]) -> str | None:
    code, said = output_of(argv, timeout_s=TIMEOUT_S, env=env)
    return None if code == 0 else said or "uv says nothing."


def _pip_is_told(python: str) -> dict[str, str]:
    """Pip's settings of the user, machine and environment, by name."""
    _, said = output_of((python, "-m", "pip", "config", "list"), timeout_s=30.0)
    told = dict(_SETTING.findall(said))
    # Where there is no pip to ask, its variables are there all the same.
    variables = {name: f"PIP_{name.upper().replace('-', '_')}" for name in (*_SETTINGS, *_OF_PIP_ALONE)}
    return told | {name: os.environ[each] for name, each in variables.items() if os.environ.get(each)}


def _as_pip_is_told(told: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Those settings as variables of uv; none that uv is told itself."""
    for name, names in _SETTINGS.items():
        if name in told and not any(os.environ.get(each) for each in names):
            yield names[0], told[name]


def _written(path: Path, lines: Sequence[str]) -> str:
    write_private(path, "".join(f"{line}\n" for line in lines).encode())
    return str(path)
