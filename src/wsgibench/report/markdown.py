"""GitHub's Markdown. Whatever comes from runs is escaped and means nothing."""

import re
from collections.abc import Collection, Iterable, Sequence

from wsgibench.report.circumstance_words import printable

_SPECIAL = re.compile(r"([\\`*_\[\]<#|~&$])")


def escaped(text: str) -> str:
    """The text with a backslash before whatever Markdown or HTML would take for its own (CommonMark, section 2.4)."""
    return _SPECIAL.sub(r"\\\1", printable(text))


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], *, left: Collection[str]) -> str:
    """A table; the columns that ``left`` does not name are aligned right."""
    rule = [":--" if column in left else "--:" for column in columns]
    lines = [_line(map(escaped, columns)), _line(rule)]
    return "\n".join([*lines, *(_line(map(escaped, row)) for row in rows)])


def items(texts: Iterable[str]) -> str:
    """A list."""
    return "\n".join(f"- {escaped(text)}" for text in texts)


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
