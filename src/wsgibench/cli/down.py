"""``wsgibench down``."""

import click

from wsgibench.bench.landscape import down


@click.command(name="down")
def command() -> None:
    """Stop the article's landscape."""
    click.echo("All is down." if down() else "Nothing was up.")
