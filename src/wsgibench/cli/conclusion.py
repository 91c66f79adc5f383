"""The verdict on the terminal."""

from itertools import groupby

import click
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from wsgibench.cli.output import console
from wsgibench.model.verdict import Ranking, Verdict
from wsgibench.report.conclusions import Row, claim_lines, closing, headline, place, rows, title

_WIDE = 96
"""Columns from which on remarks have room beside the figures."""


def print_verdict(verdict: Verdict) -> None:
    """Rankings that were asked for, the others in a sentence each, claims, and how the run ended."""
    for ranking in verdict.asked:
        click.echo()
        _print_text(title(verdict, ranking))
        _print_ranking(ranking)
        _print_text(headline(ranking))
    others = [ranking for ranking in verdict.rankings if not ranking.asked and ranking.standings]
    if others:
        click.echo()
    for ranking in others:
        _print_text(f"{place(verdict, ranking)}: {headline(ranking)}", hanging=2)
    for heading, lines in groupby(claim_lines(verdict), key=lambda line: line.heading):
        click.echo(f"\n{heading}")
        for line in lines:
            _print_text(f"  {line.number}  {line.answer.value}: {line.text}", hanging=5)
            for reason in line.why:
                _print_text(reason, indent=5)
    click.echo()
    for sentence in closing(verdict):
        _print_text(sentence)


def _print_ranking(ranking: Ranking) -> None:
    """Remarks beside the figures, or below them where there is no room."""
    out = console()
    wide = out.width >= _WIDE
    grid = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    for column in range(5 if wide else 3):
        grid.add_column(justify="right" if column in (0, 2) else "left", no_wrap=column < 4)
    for row in rows(ranking):
        _add(grid, row, wide=wide)
    out.print(grid)


def _add(grid: Table, row: Row, *, wide: bool) -> None:
    if wide:
        grid.add_row(f"  {row.rank}", row.stack, row.value, row.interval, row.remark)
        return
    grid.add_row(f"  {row.rank}", row.stack, row.value)
    for part in (row.interval, row.remark):
        if part:
            grid.add_row("", Text(part, overflow="fold"), "")


def _print_text(text: str, *, indent: int = 0, hanging: int = 0) -> None:
    """The text, wrapped to the terminal; its lines but the first begin ``hanging`` further in."""
    out = console()
    first, *rest = Text(text).wrap(out, out.width - indent) if out.width > indent else [Text(text)]
    if not rest or not hanging:
        out.print(Padding(Text(text), (0, 0, 0, indent), expand=False))
        return
    out.print(first)
    left = Text(text[len(first.plain) :].lstrip())
    out.print(Padding(left, (0, 0, 0, hanging), expand=False))
