"""The one way of words to the terminal. Whatever they hold, they are words there, and no commands to it.

A log, a run folder from elsewhere, the answer of an app may hold escape sequences, by which a terminal renames its
window, rewrites what stands on it, or types; and characters that turn the order of letters round, or are not seen.
"""

import os
import sys
import unicodedata
from textwrap import wrap
from typing import TextIO

import click

_PLAIN = frozenset({"Zs"})
"""Blanks, which Python does not call printable."""


_NARROWEST = 20


def say(text: str = "", *, err: bool = False, nl: bool = True, hanging: int = 0) -> None:
    """Print lines of text on stdout or stderr; ``nl`` ends them with a line break.

    On a terminal that is narrower, a line is broken between words, and goes on below its beginning or ``hanging``
    columns further in. What does not end with a line break is a document, whose lines mean something: it stays whole.
    """
    width = width_of(sys.stderr if err else sys.stdout) if nl else None
    lines = (printable(line.replace("\t", "    ")) for line in text.split("\n"))
    click.echo("\n".join(part for line in lines for part in _wrapped(line, width, hanging)), err=err, nl=nl)


def width_of(stream: TextIO) -> int | None:
    """Columns of the terminal that it is, as COLUMNS says or else the terminal; None where it is none."""
    if not stream.isatty():
        return None
    given = os.environ.get("COLUMNS", "")
    try:
        return int(given) if given.isdecimal() and int(given) else os.get_terminal_size(stream.fileno()).columns or None
    except OSError:
        return None


def _wrapped(line: str, width: int | None, hanging: int) -> list[str]:
    if width is None or len(line) <= width:
        return [line]
    indent = " " * (len(line) - len(line.lstrip()) + hanging)
    # A word that is too long is a path or a command: left whole, it can be copied.
    return wrap(line, max(width, _NARROWEST), subsequent_indent=indent, break_on_hyphens=False, break_long_words=False)


def printable(text: str) -> str:
    """The text in one line, each character that is none to look at as its escape, without passwords of URLs."""
    if "://" in text:
        # Here: few texts have a URL, and records take longer to import than many commands take.
        from wsgibench.model.secrets import Secrets  # noqa: PLC0415

        text = Secrets(()).hidden(text)
    if text.isprintable():
        return text
    return "".join(map(_shown, text))


def _shown(character: str) -> str:
    if character.isprintable() or unicodedata.category(character) in _PLAIN:
        return character
    return character.encode("unicode_escape").decode("ascii")
