"""Pairs of slow stacks, as slow_apps.py asks for them: two that truly differ by 10 %, and two that are the same.

``apart``: an app that sleeps, behind gunicorn's sync and gthread workers, and that sleeps a tenth longer behind one of
the two; which one changes from run to run. Goal: named in 9 of 10 runs of 3 min. ``same``: one stack under two names
(A/A). Goal: at most 5 % of the runs name a winner.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from series import verdicts
from slow_cells import APPS

from wsgibench.bench.apps import app_under_test
from wsgibench.bench.planning import plan_of
from wsgibench.bench.run_options import RunOptions
from wsgibench.model.plan import Plan

PAIRS = ("apart", "same")
DELAYS_MS = (20.0, 50.0, 150.0)
BUDGET_S = 180.0
SYNC, THREADS = "gunicorn", "gunicorn-gthread"


def plan(kind: str, delay_ms: float, number: int) -> Plan:
    """Run ``number`` of a series: what a user gets who names two stacks and a budget."""
    env = [("DELAY_MS", f"{delay_ms:g}"), ("SLOWER_IS", "sync" if number % 2 else "threads")]
    made = plan_of(
        RunOptions(
            app=app_under_test("slower_with_one_thread:app", directory=str(APPS), python=sys.executable, env=env),
            stacks=(SYNC, THREADS) if kind == "apart" else (SYNC,),
            budget_s=BUDGET_S,
            seed=number,
        )
    )
    if kind == "apart":
        return made
    return msgspec.structs.replace(
        made, stacks=tuple(msgspec.structs.replace(made.stacks[0], suffix=f":a{name}") for name in (1, 2))
    )


def right(kind: str, number: int) -> str | None:
    """The label of the stack that is truly the best of run ``number``; None where none is."""
    return None if kind == "same" else (THREADS if number % 2 else SYNC)


def pairs(kind: str, delays_ms: list[float], runs: int, folder: Path) -> Iterator[dict[str, Any]]:
    """A row for each delay that is meant for pairs: how many runs named whom, and how long the longest took."""
    for delay_ms in (each for each in delays_ms if each in DELAYS_MS):
        named, wrong, longest_s = 0, 0, 0.0
        series = verdicts(
            folder / f"{kind}-{delay_ms:g}ms", runs, lambda number, delay_ms=delay_ms: plan(kind, delay_ms, number)
        )
        for number, verdict in enumerate(series, start=1):
            winner = verdict.asked[0].winner
            named += winner is not None
            wrong += winner is not None and winner != right(kind, number)
            longest_s = max(longest_s, verdict.took_s)
        print(f"{kind} {delay_ms:g} ms: {named} of {runs} runs name one, {wrong} wrongly; longest {longest_s:.0f} s")
        yield {
            "kind": kind,
            "delay_ms": delay_ms,
            "runs": runs,
            "named": named,
            "wrong": wrong,
            "longest_s": longest_s,
        }
