"""The verdict on the terminal."""

from itertools import groupby

import click
from rich.table import Table

from wsgibench.cli.output import console
from wsgibench.model.objective import OBJECTIVES
from wsgibench.model.verdict import Ranking, Verdict
from wsgibench.report.conclusions import claim_lines, closing, headline, rows, title


def print_verdict(verdict: Verdict) -> None:
    """Rankings that were asked for, the others in a sentence each, claims, and how the run ended."""
    for ranking in verdict.asked:
        click.echo(f"\n{title(verdict, ranking)}")
        _print_ranking(ranking)
        click.echo(headline(ranking))
    click.echo()
    for ranking in verdict.rankings:
        if not ranking.asked and ranking.standings:
            _print_hanging(f"{OBJECTIVES[ranking.objective].title}: ", headline(ranking))
    for heading, lines in groupby(claim_lines(verdict), key=lambda line: line.heading):
        click.echo(f"\n{heading}")
        for line in lines:
            why = f": {'; '.join(line.why)}" if line.why else ""
            _print_hanging(f"  {line.number}  {line.answer.value:<13}  ", f"{line.text}{why}")
    click.echo()
    for sentence in closing(verdict):
        _print_hanging("", sentence)


def _print_ranking(ranking: Ranking) -> None:
    grid = _grid()
    grid.add_column(justify="right", no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column(justify="right", no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column()
    for row in rows(ranking):
        grid.add_row(f"  {row.rank}", row.stack, row.value, row.interval, row.remark)
    console().print(grid)


def _print_hanging(head: str, text: str) -> None:
    """The head, and the text wrapped beside it."""
    grid = _grid(padding=0)
    grid.add_column(no_wrap=True)
    grid.add_column()
    grid.add_row(head, text)
    console().print(grid)


def _grid(padding: int = 2) -> Table:
    return Table(box=None, show_header=False, pad_edge=False, padding=(0, padding, 0, 0))
