"""The one way of words to the terminal. Whatever they hold, they are words there, and no commands to it.

A log, a run folder from elsewhere, the answer of an app may hold escape sequences, by which a terminal renames its
window, rewrites what stands on it, or types; and characters that turn the order of letters round, or are not seen.
"""

import unicodedata

import click

_PLAIN = frozenset({"Zs"})
"""Blanks, which Python does not call printable."""


def say(text: str = "", *, err: bool = False, nl: bool = True) -> None:
    """Print lines of text on stdout or stderr; ``nl`` ends them with a line break."""
    lines = (printable(line.replace("\t", "    ")) for line in text.split("\n"))
    click.echo("\n".join(lines), err=err, nl=nl)


def printable(text: str) -> str:
    """The text in one line, in which each character that is none to look at stands as its escape."""
    if text.isprintable():
        return text
    return "".join(map(_shown, text))


def _shown(character: str) -> str:
    if character.isprintable() or unicodedata.category(character) in _PLAIN:
        return character
    return character.encode("unicode_escape").decode("ascii")
