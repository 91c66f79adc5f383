"""``wsgibench compare RUN RUN [RUN ...]``."""

import click

from wsgibench.analysis.comparison import compare_runs
from wsgibench.cli.comparison_tables import print_comparison
from wsgibench.cli.failures import making_sense_of
from wsgibench.cli.options import takes
from wsgibench.cli.output import print_json, require_one_form
from wsgibench.cli.run_and_report import folder_at
from wsgibench.cli.terminal import say
from wsgibench.report.comparison_words import document, markdown


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
    require_one_form(format, json=json)
    with making_sense_of(runs):
        comparison = compare_runs([folder_at(run) for run in runs], objectives=objective, margin=margin, anyway=anyway)
        if json:
            print_json(comparison)
        elif format == "md":
            say(markdown(document(comparison)), nl=False)
        else:
            print_comparison(document(comparison))
