"""``wsgibench down``."""

import click

from wsgibench.cli.terminal import say
from wsgibench.deploy.landscape import down


@click.command(name="down")
def command() -> None:
    """Stop the article's landscape."""
    say("All is down." if down() else "Nothing was up.")
