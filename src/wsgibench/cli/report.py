"""``wsgibench report RUN``."""

import click

from wsgibench.bench.verdict import verdict_of
from wsgibench.cli.finish import Shown, folder_at, show
from wsgibench.cli.options import takes
from wsgibench.report.conclusions import markdown


@click.command(name="report")
@click.argument("run")
@takes("pictures", "cumulative", "format", "json")
def command(
    run: str,
    *,
    pictures: str,
    cumulative: bool,
    format: str,  # noqa: A002  # the option's name
    json: bool,
) -> None:
    """Make the report, pictures and tables of a run again.

    RUN is its folder; nothing is measured. --format md prints the verdict alone, to paste into a pull request.
    """
    folder = folder_at(run)
    if format == "md":
        click.echo(markdown(verdict_of(folder)), nl=False)
        return
    show(folder, Shown(pictures=pictures == "on", cumulative=cumulative, json=json))
