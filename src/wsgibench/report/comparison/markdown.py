"""A comparison as GitHub's Markdown, to paste into a pull request."""

import re
from collections.abc import Iterable

from wsgibench.report.circumstances import printable
from wsgibench.report.comparison.document import Document, Section, Table

_SPECIAL = re.compile(r"([\\`*_\[\]<#|~&$])")
_LEFT = {"stack", "outcome"}


def markdown(document: Document) -> str:
    """The whole document; ends with a newline. Whatever came from the runs is escaped and means nothing."""
    parts = [f"> [!WARNING]\n> {_escaped(document.warning)}"] if document.warning else []
    for section in document.sections:
        parts += _section(section)
    parts.append(_items(document.runs))
    parts.append(_escaped(document.closing))
    return "\n\n".join(parts) + "\n"


def _section(section: Section) -> Iterable[str]:
    yield f"### {_escaped(section.heading)}"
    if section.changed:
        yield "What changed:"
        yield _items(f"{group}: {changed}" for group, changed in section.changed)
    else:
        yield "Nothing that is recorded changed."
    yield "\n".join(map(_escaped, section.notes))
    for table in section.tables:
        yield f"#### {_escaped(table.title)}"
        yield _table(table)
        if table.sentences:
            yield "\n".join(map(_escaped, table.sentences))


def _table(table: Table) -> str:
    rule = [":--" if column in _LEFT else "--:" for column in table.columns]
    lines = [_line(map(_escaped, table.columns)), _line(rule)]
    return "\n".join([*lines, *(_line(map(_escaped, row)) for row in table.rows)])


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _items(texts: Iterable[str]) -> str:
    return "\n".join(f"- {_escaped(text)}" for text in texts)


def _escaped(text: str) -> str:
    """The text with a backslash before whatever Markdown or HTML would take for its own (CommonMark, section 2.4)."""
    return _SPECIAL.sub(r"\\\1", printable(text))
