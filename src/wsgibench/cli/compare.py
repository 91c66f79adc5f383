"""``wsgibench compare RUN RUN [RUN ...]``."""

import click
from rich.text import Text

from wsgibench.bench.comparison import compare_runs
from wsgibench.cli.finish import folder_at
from wsgibench.cli.options import takes
from wsgibench.cli.output import console, print_fitting, print_json
from wsgibench.report.comparison import Document, Section, document, markdown

_LESS = ("before", "after", "beside controls")
"""What a narrow terminal does without, the first first."""


@click.command(name="compare")
@click.argument("runs", nargs=-1, metavar="RUN RUN [RUN ...]")
@takes("objective", "margin", "anyway", "format", "json")
def command(
    runs: tuple[str, ...],
    *,
    objective: tuple[str, ...],
    margin: float,
    anyway: bool,
    format: str,  # noqa: A002  # the option's name
    json: bool,
) -> None:
    """Runs side by side: what changed, and what became of each stack.

    RUN is a folder; each run is held against the first. Stacks are matched by name. Says what differs in circumstances,
    and refuses runs of which figures mean different things.

    \b
    wsgibench compare runs/before runs/after
    wsgibench compare runs/before runs/after --objective p99 --format md
    """  # noqa: D301  # click wants a backspace before lines that it must not fill
    comparison = compare_runs([folder_at(run) for run in runs], objectives=objective, margin=margin, anyway=anyway)
    if json:
        print_json(comparison)
    elif format == "md":
        click.echo(markdown(document(comparison)), nl=False)
    else:
        _print(document(comparison))


def _print(shown: Document) -> None:
    _say(*filter(None, [shown.warning]), *shown.runs)
    for section in shown.sections:
        _print_section(section)
    _say("", shown.closing)


def _print_section(section: Section) -> None:
    _say("", section.heading)
    if section.changed:
        _say("What changed:", *(f"  {group:<10} {changed}" for group, changed in section.changed))
    else:
        _say("Nothing that is recorded changed.")
    for table in section.tables:
        _say("", table.title)
        left = ("stack", "outcome")
        right = [column for column in table.columns if column not in left]
        print_fitting(table.columns, table.rows, less=_LESS, right=right)
        _say(*table.sentences)
    _say("", *section.notes)


def _say(*lines: str) -> None:
    """Each on a line of its own, wrapped where there is a terminal."""
    for line in lines:
        console().print(Text(line))
