"""``wsgibench compare RUN RUN [RUN ...]``."""

import click
from rich.table import Table
from rich.text import Text

from wsgibench.bench.comparison import compare_runs
from wsgibench.cli.finish import folder_at
from wsgibench.cli.options import takes
from wsgibench.cli.output import console, print_fitting, print_json
from wsgibench.report.comparison import Document, Section, document, markdown

_LESS = ("before", "after", "change")
"""What a narrow terminal does without, the first first: the change last, and only if it is told beside controls."""


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

    RUN is a folder; each run is held against the first. Stacks are matched by name, and compared by what the runs were
    to settle, or by each --objective. Says what differs in circumstances, and refuses runs of which figures mean
    different things.

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
        _say("What changed:")
        grid = Table.grid(padding=(0, 2, 0, 0))
        for group, changed in section.changed:
            grid.add_row(Text(f"  {group}"), Text(changed))
        console().print(grid)
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
        console().print(Text(line))
