"""Variants as the user writes them: ``--variant``, and ``[variants.NAME]`` of ``wsgibench.toml``."""

import os
import shlex
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import msgspec

from wsgibench.cli.configuration import VARIANTS_KEY
from wsgibench.cli.options import pairs
from wsgibench.errors import UnknownNameError, UsageError
from wsgibench.model.variant import Installed, Revision, Variant
from wsgibench.processes.interpreter import interpreter_at


def variants_of(texts: Sequence[str]) -> tuple[Variant, ...]:
    """Those that the command line names; where it names none, all of ``wsgibench.toml``.

    Raises:
        UsageError: one is none, or says what cannot be.
    """
    table = click.get_current_context().meta.get(VARIANTS_KEY, {})
    if not isinstance(table, Mapping):
        raise UsageError("'variants' in wsgibench.toml is no table.", "Write [variants.NAME], and its keys below.")
    if texts:
        return tuple(_from_text(text, table) for text in texts)
    return tuple(_from_table(name, keys) for name, keys in table.items())


def _from_text(text: str, table: Mapping[str, object]) -> Variant:
    name, equals, what = text.partition("=")
    if not equals:
        return _from_table(name, table[name]) if name in table else Variant(name=name)
    if not what:
        raise UsageError(f"'{text}' does not say what the variant is.", f"Write {name}=DIRECTORY, or {name} alone.")
    kind, colon, value = what.partition(":")
    if colon and kind in _SETTINGS:
        return msgspec.structs.replace(Variant(name=name), **_SETTINGS[kind](value))
    if colon and not Path(what).exists():
        raise UsageError(f"'{text}' is no variant.", f"Write {name}=DIRECTORY, or one of {_kinds(name)}.")
    return msgspec.structs.replace(Variant(name=name), **_directory(what))


def _from_table(name: str, keys: object) -> Variant:
    if not isinstance(keys, Mapping):
        raise UsageError(f"The variant '{name}' in wsgibench.toml is no table.", f"Write [variants.{name}].")
    settings: dict[str, Any] = {}
    for key, value in keys.items():
        if key not in _SETTINGS:
            raise UnknownNameError(f"key of [variants.{name}]", key, _SETTINGS)
        settings |= _SETTINGS[key](value)
    return msgspec.structs.replace(Variant(name=name), **settings)


def _directory(value: object) -> dict[str, Any]:
    path = Path(os.path.expanduser(_text(value))).resolve()  # noqa: PTH111  # as in interpreter_at
    if not path.is_dir():
        raise UsageError(f"There is no directory '{value}'.", "Give the variant one in which the app lives.")
    return {"directory": str(path)}


def _python(value: object) -> dict[str, Any]:
    return {"python": interpreter_at(_text(value))}


def _env(value: object) -> dict[str, Any]:
    if isinstance(value, Mapping):
        value = [f"{name}={each}" for name, each in value.items()]
    return {"env": pairs(tuple(map(_text, value if isinstance(value, list) else [value])))}


def _install(value: object) -> dict[str, Any]:
    texts = value if isinstance(value, list) else _words(_text(value))
    requirements = tuple(map(_text, texts))
    # Options could name files and other indexes; those are pip's own settings.
    for requirement in requirements:
        if requirement.startswith("-"):
            raise UsageError(f"'{requirement}' is no requirement.", "Write install:gunicorn==25.1.0.")
    if not requirements:
        raise UsageError("A variant cannot install nothing.", "Write install:gunicorn==25.1.0.")
    return {"install": Installed(requirements=requirements)}


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError as exc:
        raise UsageError(f"'{text}' names no packages: {exc}.", "Write install:'gunicorn==25.1.0 flask'.") from exc


def _revision(value: object) -> dict[str, Any]:
    return {"revision": Revision(named=_text(value))}


def _text(value: object) -> str:
    if not isinstance(value, str) or not value or "\0" in value:
        raise UsageError(f"A variant cannot have the value {value!r}.", "Write a text that is not empty.")
    return value


_SETTINGS: dict[str, Callable[[object], dict[str, Any]]] = {
    "directory": _directory,
    "env": _env,
    "install": _install,
    "python": _python,
    "revision": _revision,
}
"""What a variant may say, by the key of ``wsgibench.toml`` and the word before the colon."""


def _kinds(name: str) -> str:
    return ", ".join(f"{name}={kind}:..." for kind in sorted(_SETTINGS))
