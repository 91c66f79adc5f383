"""``wsgibench status``."""

import time

import click

from wsgibench.cli.options import takes
from wsgibench.cli.output import console, print_json, table
from wsgibench.cli.terminal import say
from wsgibench.deploy.landscape import current, status
from wsgibench.units import format_duration


@click.command(name="status")
@takes("json")
def command(*, json: bool) -> None:
    """What of the article's landscape runs."""
    landscape = current()
    rows = status(landscape) if landscape else []
    restarts = landscape.supervisor.restarts() if landscape else {}
    if json:
        programs = [
            {
                "name": row.name,
                "state": row.state,
                "pid": row.pid,
                "restarts": restarts.get(row.name, 0),
                "log": str(row.log),
            }
            for row in rows
        ]
        print_json(
            {
                "up": landscape is not None,
                "address": str(landscape.address) if landscape else None,
                "programs": programs,
            }
        )
        return
    if landscape is None:
        say("Nothing is up. wsgibench up starts the article's servers.")
        return
    now = time.time()
    console().print(
        table(
            ("program", "state", "pid", "up for", "restarts"),
            [
                (
                    row.name,
                    row.state.lower(),
                    row.pid or "",
                    format_duration(max(now - row.since_s, 1)),
                    restarts.get(row.name, 0),
                )
                for row in rows
            ],
            right=("pid", "restarts"),
        )
    )
    say(f"http://{landscape.address}/  logs: {landscape.directory}/logs")
