"""The verdict on the terminal."""

import sys
from itertools import groupby
from textwrap import wrap

import click

from wsgibench.cli.output import console
from wsgibench.model.verdict import Ranking, Verdict
from wsgibench.report.conclusions import claim_lines, closing, headline, place, rows, title

_NARROWEST = 20


def print_verdict(verdict: Verdict) -> None:
    """Rankings that were asked for, the others in a sentence each, claims, and how the run ended."""
    for ranking in verdict.asked:
        click.echo()
        _print_text(title(verdict, ranking))
        _print_ranking(ranking)
        _print_text(headline(ranking))
    others = [ranking for ranking in verdict.rankings if not ranking.asked and ranking.comparisons]
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
    """Intervals and remarks beside the figures, or below them where there is no room."""
    shown = rows(ranking)
    rank, stack, value, interval = (
        max(len(getattr(row, part)) for row in shown) for part in ("rank", "stack", "value", "interval")
    )
    width = 8 + rank + stack + value + interval + max(len(row.remark) for row in shown)
    wide = console().width >= width
    for row in shown:
        start = f"  {row.rank:>{rank}}  {row.stack:<{stack}}  {row.value:>{value}}"
        if wide:
            click.echo(f"{start}  {row.interval:<{interval}}  {row.remark}".rstrip())
            continue
        click.echo(start.rstrip())
        for part in (row.interval, row.remark):
            if part:
                _print_text(part, indent=4 + rank)


def _print_text(text: str, *, indent: int = 0, hanging: int = 0) -> None:
    """The text, wrapped to the terminal; its lines but the first begin ``hanging`` further in."""
    lines = [text]
    if sys.stdout.isatty():
        width = max(console().width - indent, _NARROWEST)
        lines = wrap(text, width, subsequent_indent=" " * hanging, break_on_hyphens=False, drop_whitespace=True)
    for line in lines:
        click.echo(f"{' ' * indent}{line}")
