"""``wsgibench resume RUN``."""

import click

from wsgibench.cli.finish import folder_at, measure_and_show
from wsgibench.cli.options import takes


@click.command(name="resume")
@click.argument("run")
@takes("cumulative", "json")
def command(run: str, *, cumulative: bool, json: bool) -> None:
    """Go on with an interrupted run.

    RUN is its folder. Its plan is finished: trials that are there stay, the others follow in the order that was drawn.
    """
    measure_and_show(folder_at(run), cumulative=cumulative, json=json)
