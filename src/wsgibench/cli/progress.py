"""How a run goes: a live table on a terminal, plain lines elsewhere."""

import os
import sys
import time
from types import TracebackType
from typing import Self

import click
from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from wsgibench.bench.verdict.looking import Look
from wsgibench.model.engine import Progress, Waiting
from wsgibench.model.plan import Plan
from wsgibench.model.stack import Stack
from wsgibench.model.trial import PhaseFigures, Trial
from wsgibench.units import format_duration

_TURN_SHARE = 1.25
_OVERHEAD_S = 1.5
"""What a trial costs beside its load, until the first ones have shown it."""


class Remaining:
    """How long the run will still take, from how long its trials took so far."""

    def __init__(self, plan: Plan, trials: int) -> None:
        # A turn has a lead and a drain beside its load.
        share = _TURN_SHARE if plan.turn_s else 1.0
        self._planned_s = sum(phase.total_s for phase in plan.phases) * share + _OVERHEAD_S
        self._left, self._ended = trials, 0
        self._began_s = self._last_s = time.monotonic()

    def end(self) -> None:
        """A trial has ended."""
        self._left -= 1
        self._ended += 1
        self._last_s = time.monotonic()

    def seconds(self) -> float:
        """What is left, what is at hand included."""
        each_s = (self._last_s - self._began_s) / self._ended if self._ended else self._planned_s
        return max(self._left * each_s - (time.monotonic() - self._last_s), 0.0)


def listener() -> "Lines | LiveTable":
    """What suits where progress goes: stderr."""
    plain = not sys.stderr.isatty() or "NO_COLOR" in os.environ or "CI" in os.environ
    return Lines() if plain else LiveTable()


class Lines:
    """One line a step."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is to be put back."""

    def begin_run(self, plan: Plan, *, folder: str, trials: int, finished: int) -> None:
        """Say what will be done."""
        self._trials = trials
        self._remaining = Remaining(plan, trials - finished)
        left = f", {finished} of them done" if finished else ""
        _say(f"{folder}: {trials} trials{left}, about {format_duration(self._remaining.seconds())}")

    def begin_trial(self, stack: Stack, *, block: int, number: int) -> None:
        """Too small a step for a line."""

    def stage(self, name: str) -> None:
        """Too small a step for a line."""

    def waiting(self, waiting: Waiting) -> None:
        """Say how to start them."""
        _say(_waiting(waiting))

    def progress(self, progress: Progress) -> None:
        """Too small a step for a line."""

    def end_trial(self, trial: Trial) -> None:
        """Say what came of it."""
        self._remaining.end()
        for line in _outcome(trial):
            _say(f"{trial.number}/{self._trials} {trial.stack.label} (block {trial.block}): {line}")
        _say(f"  {format_duration(max(self._remaining.seconds(), 0.1))} left")

    def look(self, look: Look) -> None:
        """Say what is settled."""
        _say(_settled(look))


class LiveTable:
    """The last trials, the one at hand second by second, and the time left; redrawn in place."""

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False)
        self._remaining: Remaining | None = None
        self._trials = self._ended = 0
        self._stack = self._stage = ""
        self._progress: Progress | None = None
        # Last, since it draws itself at once.
        self._live = Live(console=self._console, refresh_per_second=1, transient=True, get_renderable=self._picture)

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._live.stop()

    def begin_run(self, plan: Plan, *, folder: str, trials: int, finished: int) -> None:
        """Say where the results go; it stays on the screen."""
        self._trials, self._ended = trials, finished
        self._remaining = Remaining(plan, trials - finished)
        self._console.print(Text(folder))

    def begin_trial(self, stack: Stack, *, block: int, number: int) -> None:
        """A new line."""
        self._stack, self._progress, self._stage = f"{stack.label}, block {block}, trial {number}", None, "start"

    def stage(self, name: str) -> None:
        """The line's second word."""
        self._stage = name
        self._live.refresh()

    def waiting(self, waiting: Waiting) -> None:
        """Say how to start them; the command stays on the screen."""
        self._console.print(Text(_waiting(waiting)), soft_wrap=True)

    def progress(self, progress: Progress) -> None:
        """The line's figures."""
        self._progress = progress

    def end_trial(self, trial: Trial) -> None:
        """The line stays on the screen."""
        self._ended += 1
        if self._remaining:
            self._remaining.end()
        for line in _outcome(trial):
            self._console.print(Text(f"{trial.stack.label}: {line}", overflow="ellipsis", no_wrap=True))

    def look(self, look: Look) -> None:
        """What is settled; it stays on the screen."""
        self._console.print(Text(_settled(look), overflow="ellipsis", no_wrap=True))

    def _picture(self) -> Group:
        if not self._trials:
            return Group()
        left = f"{format_duration(max(self._remaining.seconds(), 0.1))} left" if self._remaining else ""
        head = Text(f"{self._ended} of {self._trials} trials   {left}", style="bold", overflow="ellipsis", no_wrap=True)
        return Group(head, self._row())

    def _row(self) -> Table:
        table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
        for _ in range(2):
            table.add_column(overflow="ellipsis", no_wrap=True)
        table.add_row(Text(self._stack), Text(f"{self._stage}  {_now(self._progress)}"))
        return table


def _say(text: str) -> None:
    click.echo(text, err=True)


def _waiting(waiting: Waiting) -> str:
    return f"{waiting.workers} of {waiting.of} Locust workers are there. Start one elsewhere with: {waiting.command}"


def _now(progress: Progress | None) -> str:
    if progress is None:
        return ""
    latency = f", {progress.mean_latency_s * 1e3:.1f} ms" if progress.mean_latency_s is not None else ""
    failures = f", {progress.failures} failed" if progress.failures else ""
    return f"{progress.users} users, {progress.requests}/s{latency}{failures}"


def _settled(look: Look) -> str:
    return f"after block {look.block}: {look.settled} of {look.pairs} pairs settled"


def _outcome(trial: Trial) -> list[str]:
    """A line for each phase, and one for each gate that failed."""
    lines = [f"{name} {_figures(figures)}" for name, figures in trial.phases.items()]
    lines += [f"does not count: {gate.cause}" for gate in trial.gates if not gate.passed]
    return lines or ["failed"]


def _figures(figures: PhaseFigures) -> str:
    if figures.p50_s is None or figures.p99_s is None:
        return f"{figures.failures} of {figures.requests} failed"
    failed = f", {figures.failures} failed" if figures.failures else ""
    return (
        f"{figures.requests_per_s:,.1f}/s, p50 {figures.p50_s * 1e3:.2f} ms, p99 {figures.p99_s * 1e3:.2f} ms{failed}"
    )
