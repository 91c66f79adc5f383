"""Which packages a state of an app asks for, by the files that it has for that.

One file decides, the first that is there: a lock, then ``requirements.txt``, then ``pyproject.toml``. A lock pins: what
is installed is what ``pyproject.toml`` (of Pipenv: ``Pipfile``) names, in the versions that the lock has, so that what
it holds for development and for other systems stays out. Each file is the one beside the app, else at the top of its
checkout.
"""

import hashlib
import json
import posixpath
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wsgibench.errors import UsageError
from wsgibench.model.app import App
from wsgibench.model.variant import Revision, Variant
from wsgibench.processes.git import content_of, top_of
from wsgibench.processes.installers import normal_name

_LOCKS = ("pylock.toml", "uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock")
DECIDING = (*_LOCKS, "requirements.txt", "pyproject.toml")
_HINT = (
    "With --environments shared one environment serves all, that of --python; or give each variant an interpreter of "
    "its own, by python:."
)
_INCLUDED = re.compile(r"(-r|-c|--requirement|--constraint)(?:\s+|=|(?<=-[rc]))(\S+)")
_ITSELF = re.compile(r"(?:(?:-e|--editable)[\s=]+)?\.(?:\[([\w\s,.-]+)\])?")
_LOCAL = re.compile(r"(-e|--editable)\b|\.{0,2}/|file:|.*@\s*file:")

Held = Callable[[str], bytes | None]
"""What a file of this name holds; None where there is none."""


@dataclass(frozen=True)
class Needs:
    """Lines as in a file of requirements and as in one of constraints, and the files that they are from."""

    requirements: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    files: tuple[str, ...] = field(default=(), compare=False)

    @property
    def sha256(self) -> str:
        """Of all that decides what is installed: lines may have the password of an index, and are kept nowhere."""
        return hashlib.sha256(json.dumps([self.requirements, self.constraints]).encode()).hexdigest()


def held_by(variant: Variant, app: App) -> Held:
    """How to read the files of a variant, in a revision or in a directory."""
    if variant.revision is not None:
        revision = variant.revision
        return lambda name: _in_revision(revision, name)
    here = Path(variant.of(app).directory)
    directories = tuple(dict.fromkeys((here, (top_of(here) if variant.checkout else None) or here)))

    def held(name: str) -> bytes | None:
        found = next((directory / name for directory in directories if (directory / name).is_file()), None)
        return found.read_bytes() if found else None

    return held


def _in_revision(revision: Revision, name: str) -> bytes | None:
    paths = dict.fromkeys((posixpath.normpath(posixpath.join(revision.subdirectory, name)), name))
    found = (content_of(Path(revision.repository), revision.commit, path) for path in paths)
    return next((content for content in found if content is not None), None)


def needs_of(held: Held) -> Needs:
    """What the files ask for; nothing where there is none that says it.

    Raises:
        UsageError: one cannot be read, or asks for what is not at an index.
    """
    for name in DECIDING:
        try:
            content = held(name)
            found = Needs() if content is None else _lines_of(name, content, held)
        except (OSError, ValueError, TypeError, AttributeError, KeyError, RecursionError) as exc:
            raise UsageError(f"'{name}' cannot be read: {exc}.", _HINT) from exc
        if found.requirements:
            return found
    return Needs()


def _lines_of(name: str, content: bytes, held: Held) -> Needs:
    if name == "requirements.txt":
        constraints: list[str] = []
        files = {name: None}
        lines = tuple(_flat(name, content.decode(), held, constraints, files))
        return Needs(lines, tuple(constraints), tuple(files))
    if name == "pyproject.toml":
        return Needs(tuple(_direct(held)), (), (name,))
    if name == "Pipfile.lock":
        locked = json.loads(content)["default"]
        direct = [
            _named(key, value) for key, value in tomllib.loads(_text(held, "Pipfile")).get("packages", {}).items()
        ]
        pinned = {
            key: {**value, "name": key, "version": value.get("version", "").lstrip("=")}
            for key, value in locked.items()
        }
        return Needs(tuple(direct), tuple(_pins([*pinned.values()], direct, name)), ("Pipfile", name))
    document = tomllib.loads(content.decode())
    packages = document.get("packages" if name == "pylock.toml" else "package", [])
    direct = [*_direct(held)]
    return Needs(tuple(direct), tuple(_pins(packages, direct, name)), ("pyproject.toml", name))


def _text(held: Held, name: str) -> str:
    return (held(name) or b"").decode()


def _direct(held: Held, extras: str = "") -> Iterator[str]:
    """What ``pyproject.toml`` says that the app needs, and with these of its extras."""
    document = tomllib.loads(_text(held, "pyproject.toml"))
    project, tool = document.get("project", {}), document.get("tool", {})
    found = list(project.get("dependencies", []))
    for extra in filter(None, re.split(r"[\s,]+", extras)):
        found += project.get("optional-dependencies", {}).get(extra, [])
    if "dependencies" not in project:
        # Poetry's own way to write versions is its own: its lock has them.
        poetry = tool.get("poetry", {}).get("dependencies", {}).items() if held("poetry.lock") is not None else ()
        found += [_named(key, value) for key, value in poetry if key != "python" and not _is_optional(value)]
    elsewhere = {_key(key): value for key, value in tool.get("uv", {}).get("sources", {}).items()}
    for line in found:
        if _is_elsewhere(elsewhere.get(_key(line), {})) or _LOCAL.match(line):
            raise UsageError(f"pyproject.toml asks for '{_key(line)}', which is not from an index.", _HINT)
        yield line


def _is_optional(value: object) -> bool:
    return isinstance(value, Mapping) and bool(value.get("optional"))


def _named(name: str, value: object) -> str:
    """A package without its version, with its extras and where it is wanted at all."""
    if not isinstance(value, Mapping):
        return name
    if _is_elsewhere(value):
        raise UsageError(f"A file asks for '{name}', which is not from an index.", _HINT)
    extras = f"[{','.join(value['extras'])}]" if value.get("extras") else ""
    return f"{name}{extras}" + (f" ; {value['markers']}" if value.get("markers") else "")


def _is_elsewhere(value: Any) -> bool:  # noqa: ANN401  # as each tool writes it
    """Whether a table says that a package is from a repository, an address or a directory."""
    keys = ("git", "vcs", "url", "path", "file", "directory", "editable", "virtual", "workspace", "archive")
    each = value if isinstance(value, list) else [value]
    return any(
        isinstance(one, Mapping) and (one.get("type") in keys or any(key in one for key in keys)) for one in each
    )


def _pins(packages: Sequence[Mapping[str, Any]], direct: Sequence[str], name: str) -> Iterator[str]:
    """A constraint for each package with one version, which is from an index."""
    wanted = {_key(line) for line in direct}
    versions: dict[str, set[str]] = {}
    for package in packages:
        key = _key(package["name"])
        # A uv.lock has all that it is known of a package in its source; a poetry.lock, too; others in the package.
        if _is_elsewhere(package) or _is_elsewhere(package.get("source")):
            if key in wanted:
                raise UsageError(f"{name} has '{package['name']}', which is not from an index.", _HINT)
        elif package.get("version"):
            versions.setdefault(key, set()).add(package["version"])
    yield from (f"{key}=={each.pop()}" for key, each in sorted(versions.items()) if len(each) == 1)


def _key(requirement: str) -> str:
    """The name that a requirement begins with, as indexes compare it."""
    found = re.match(r"\s*([\w.-]+)", requirement, re.ASCII)
    return normal_name(found[1]) if found else ""


def included_by(name: str, text: str) -> list[str]:
    """The files that a file of requirements includes."""
    found = (_INCLUDED.fullmatch(line) for line in _lines(text))
    return [_beside(name, included[2]) for included in found if included]


def _lines(text: str) -> Iterator[str]:
    """Of a file of requirements, without comments; one that goes on in the next is one."""
    for raw in re.sub(r"\\\r?\n", " ", text).splitlines():
        yield re.sub(r"(^|\s)#.*", "", raw).strip()


def _beside(name: str, path: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), path))


def _flat(name: str, text: str, held: Held, constraints: list[str], files: dict[str, None]) -> Iterator[str]:
    """The lines of a file of requirements, with those that it includes in their place; constraints apart."""
    for line in _lines(text):
        included, itself = _INCLUDED.fullmatch(line), _ITSELF.fullmatch(line)
        if included:
            path = _beside(name, included[2])
            content = held(path)
            if content is None:
                raise UsageError(f"'{name}' includes '{included[2]}', which is not there.", _HINT)
            if path in files:
                continue
            files[path] = None
            lines = _flat(path, content.decode(), held, constraints, files)
            if "c" in included[1][:3]:
                constraints += lines
            else:
                yield from lines
        elif itself:
            # The app comes from its directory.
            files["pyproject.toml"] = None
            yield from _direct(held, itself[1] or "")
        elif _LOCAL.match(line):
            raise UsageError(f"'{name}' asks for '{line}', which is not from an index.", _HINT)
        elif line:
            yield line
