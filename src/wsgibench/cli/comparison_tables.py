"""A comparison on the terminal."""

from wsgibench.cli.output import print_fitting, print_line, print_pairs
from wsgibench.report.comparison_words import Document, Section

_LESS = ("before", "after", "change")
"""What a narrow terminal does without, the first first: the change last, and only if it is told beside controls."""


def print_comparison(shown: Document) -> None:
    """Circumstances first, then a table of each objective; in a narrow terminal with fewer columns."""
    _say(*filter(None, [shown.warning]), *shown.runs)
    for section in shown.sections:
        _print_section(section)
    _say("", shown.closing)


def _print_section(section: Section) -> None:
    _say("", section.heading)
    if section.changed:
        _say("What changed:")
        print_pairs(section.changed)
    else:
        _say("Nothing that is recorded changed.")
    _say(*section.notes)
    for table in section.tables:
        _say("", table.title)
        left = ("stack", "outcome")
        right = [column for column in table.columns if column not in left]
        less = _LESS if "beside controls" in table.columns else _LESS[:-1]
        print_fitting(table.columns, table.rows, less=less, right=right)
        _say(*table.sentences)


def _say(*lines: str) -> None:
    """Each on a line of its own, wrapped where there is a terminal."""
    for line in lines:
        print_line(line)
