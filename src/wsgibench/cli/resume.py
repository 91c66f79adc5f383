"""``wsgibench resume RUN``."""

import click

from wsgibench.cli.finish import Shown, folder_at, measure_and_show
from wsgibench.cli.live import page_port
from wsgibench.cli.options import takes


@click.command(name="resume")
@click.argument("run")
@takes("serve", "pictures", "cumulative", "json")
def command(run: str, *, serve: int | None, pictures: str, cumulative: bool, json: bool) -> None:
    """Go on with an interrupted run.

    RUN is its folder. Its plan is finished: trials that are there stay, the others follow in the order that was drawn.
    """
    shown = Shown(pictures=pictures == "on", cumulative=cumulative, json=json, serve=page_port(serve))
    measure_and_show(folder_at(run), shown)
