"""``wsgibench down``."""

import click

from wsgibench.bench.landscape import down
from wsgibench.cli.terminal import say


@click.command(name="down")
def command() -> None:
    """Stop the article's landscape."""
    say("All is down." if down() else "Nothing was up.")
