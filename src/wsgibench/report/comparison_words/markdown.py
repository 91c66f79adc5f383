"""A comparison as GitHub's Markdown, to paste into a pull request."""

from collections.abc import Iterable

from wsgibench.report.comparison_words.document import Document, Section
from wsgibench.report.markdown import escaped, items, table

_LEFT = {"stack", "outcome"}


def markdown(document: Document) -> str:
    """The whole document; ends with a newline."""
    parts = [f"> [!WARNING]\n> {escaped(document.warning)}"] if document.warning else []
    for section in document.sections:
        parts += _section(section)
    parts.append(items(document.runs))
    parts.append(escaped(document.closing))
    return "\n\n".join(parts) + "\n"


def _section(section: Section) -> Iterable[str]:
    yield f"### {escaped(section.heading)}"
    if section.changed:
        yield "What changed:"
        yield items(f"{group}: {changed}" for group, changed in section.changed)
    else:
        yield "Nothing that is recorded changed."
    yield "\n".join(map(escaped, section.notes))
    for shown in section.tables:
        yield f"#### {escaped(shown.title)}"
        yield table(shown.columns, shown.rows, left=_LEFT)
        if shown.sentences:
            yield "\n".join(map(escaped, shown.sentences))
