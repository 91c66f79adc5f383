"""The verdict on the terminal."""

from collections.abc import Sequence
from itertools import groupby

from wsgibench.cli.output import console, print_fitting, print_text
from wsgibench.cli.terminal import say
from wsgibench.model.verdict import Ranking, Verdict
from wsgibench.report.conclusions import (
    COSTS_SAID,
    FUNCTIONS_SAID,
    CostTable,
    changes,
    changes_title,
    claim_lines,
    closing,
    cost_tables,
    function_tables,
    functions_in_words,
    headline,
    needed_in_words,
    over_stacks,
    rows,
    title,
    winners,
)
from wsgibench.report.variants import bodies_between_in_words

_WINNERS = ("what wins on what", "", "stack", "figure", "interval", " ")


def print_verdict(verdict: Verdict) -> None:
    """Rankings that were asked for, who is first by the other figures, claims, and how the run ended."""
    _print_changes(verdict)
    for ranking in verdict.asked:
        say()
        print_text(title(verdict, ranking))
        _print_ranking(ranking)
        print_text(headline(ranking))
    for sentence in needed_in_words(verdict):
        print_text(sentence)
    _print_winners(verdict)
    for heading, lines in groupby(claim_lines(verdict), key=lambda line: line.heading):
        say(f"\n{heading}")
        for line in lines:
            print_text(f"  {line.number}  {line.answer.value}: {line.text}", hanging=5)
            for reason in line.why:
                print_text(reason, indent=5)
    say()
    for sentence in closing(verdict):
        print_text(sentence)


def _print_changes(verdict: Verdict) -> None:
    """What was asked for, then the other figures."""
    lines = [*changes(verdict), *over_stacks(verdict)]
    for asked in (True, False):
        mine = [line.sentence for line in lines if line.asked is asked]
        if mine:
            say(f"\n{changes_title(verdict)}" if asked else "  for information, each by itself:")
        for sentence in mine:
            print_text(sentence, indent=2 if asked else 4, hanging=2)
    for sentence in bodies_between_in_words(verdict):
        print_text(sentence, indent=2, hanging=2)
    _print_tables(cost_tables(verdict), COSTS_SAID)
    _print_tables(function_tables(verdict), FUNCTIONS_SAID)
    for sentence in functions_in_words(verdict):
        print_text(sentence)


def _print_tables(tables: Sequence[CostTable], said: str) -> None:
    """A table for each stack, and what is to be said of all of them."""
    for found in tables:
        say(f"\n{found.title}")
        # The empty column sets them in, however many lines a cell takes.
        columns = ("", " ", *found.columns[1:])
        print_fitting(columns, [("", *row) for row in found.rows], less=(), right=found.columns[1:])
    if tables:
        print_text(said)


def _print_winners(verdict: Verdict) -> None:
    """A line for each figure; of a single stack there is nothing to win."""
    if not any(ranking.comparisons for ranking in verdict.rankings):
        return
    cells = [
        (each.what, each.kind.value, each.stacks, each.value, each.interval, each.remark) for each in winners(verdict)
    ]
    say()
    print_fitting(_WINNERS, cells, less=(" ", "interval", "figure"))


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
            say(f"{start}  {row.interval:<{interval}}  {row.remark}".rstrip())
            continue
        say(start.rstrip())
        for part in (row.interval, row.remark):
            if part:
                print_text(part, indent=4 + rank)
