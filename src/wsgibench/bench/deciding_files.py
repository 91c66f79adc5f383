"""Whether states of an app have the same files about packages, whatever these ask for."""

import itertools
import os
from collections.abc import Sequence

from wsgibench.bench.dependencies import DECIDING, Held, held_by, included_by, needs_of
from wsgibench.errors import UsageError
from wsgibench.model.app import App
from wsgibench.model.variant import Variant

_OTHERS = ("setup.cfg", "setup.py")
"""They say it, too, to a program that runs them alone."""


def ask_alike(held: Sequence[Held]) -> bool:
    """Whether every file that may decide, with those that it includes, is the same in all, byte for byte.

    Then they ask for the same, whatever that is: also what could not be installed from here.
    """
    found = [_deciding(each) for each in held]
    return all(each == found[0] for each in found)


def files_unlike(variants: Sequence[Variant], app: App) -> list[str]:
    """Names of files about packages that are not the same in all variants, where that is for what they ask.

    Where one asks for what cannot be known from here, all that are not the same are named.
    """
    held = [held_by(variant, app) for variant in variants]
    found = [_deciding(each) for each in held]
    try:
        same = ask_alike(held) or len({needs_of(each) for each in held}) == 1
    except UsageError:
        same = False
    names = {*_OTHERS, *(() if same else itertools.chain(*found))}
    return sorted(name for name in names if len({_bytes(each, name) for each in held}) > 1)


def _deciding(held: Held) -> dict[str, bytes | None]:
    """The files that may decide, as they are, with what a file of requirements includes."""
    found = {name: _bytes(held, name) for name in (*DECIDING, "Pipfile")}
    left = ["requirements.txt"]
    while left:
        name = left.pop()
        for path in included_by(name, (found[name] or b"").decode(errors="replace")):
            if path not in found:
                found[path] = _bytes(held, path)
                left.append(path)
    return found


def _bytes(held: Held, name: str) -> bytes | None:
    """What a file holds, to be compared and not to be understood: one that cannot be read is like no other."""
    try:
        return held(name)
    except OSError:
        return os.urandom(32)
