"""``wsgibench report RUN``."""

import click

from wsgibench.cli.finish import Shown, folder_at, show
from wsgibench.cli.options import takes


@click.command(name="report")
@click.argument("run")
@takes("pictures", "cumulative", "json")
def command(run: str, *, pictures: str, cumulative: bool, json: bool) -> None:
    """Make pictures and tables of a run again.

    RUN is its folder; nothing is measured.
    """
    show(folder_at(run), Shown(pictures=pictures == "on", cumulative=cumulative, json=json))
