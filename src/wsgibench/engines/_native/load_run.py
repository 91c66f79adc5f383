"""One load from its first request to the last answer."""

import math
from collections.abc import Callable
from time import monotonic, process_time
from typing import Protocol

from wsgibench.engines._native.load_window import LoadWindow
from wsgibench.engines._native.poller import Poller
from wsgibench.engines._native.pool import Pool
from wsgibench.model.engine import EngineEvent, LoadDone, Measuring, Progress, RunLoad

_PROGRESS_S = 1.0

Reached = Callable[[float], None]
"""Told of a moment, on CLOCK_MONOTONIC."""


class SendingLoad(Protocol):
    """Decides when requests go out.

    Attributes:
        longest_gap_s: between two responses; None where that says nothing of the server.
    """

    users: int
    wakes_apart_s: float
    """See ``Poller.wait``."""
    longest_gap_s: float | None

    def advance(self, now: float) -> float:
        """Send what is to be sent now; when to call again if nothing happens before."""

    def at_renewal(self, earliest: float, then: Reached) -> None:
        """Call ``then`` once, at the first renewal at or after ``earliest``, unless it is forgotten before.

        A renewal is a moment that is like all others of its name, whatever was before it: a recorded part that
        begins and ends at one has its share of all that happens between them. Means over such parts converge to those
        of one long load: W. L. Smith, "Regenerative Stochastic Processes", Proceedings of the Royal Society A 232
        (1955), 6-31; that the last cycle is never cut short is Wald's identity.
        """

    def stop(self, now: float) -> None:
        """Send nothing new."""

    def pending(self) -> int:
        """Requests under way or waiting, beyond what is typical."""

    def is_done(self) -> bool:
        """Whether nothing is under way any more."""


class LoadRun:
    """Runs a load, and reports on it."""

    def __init__(
        self, command: RunLoad, window: LoadWindow, load: SendingLoad, pool: Pool, say: Callable[[EngineEvent], None]
    ) -> None:
        self._command = command
        self._window = window
        self._load = load
        self._pool = pool
        self._tally = pool.tally
        self._say = say
        self._cpu_before = 0.0
        self._first = pool.tally.completed
        self._completed = [0, 0]  # at the beginning of the recorded part, and at its end
        self._moments = [window.record, window.end]  # the same, on CLOCK_MONOTONIC
        self._stages: list[tuple[float, Reached]] = [
            (window.record, self._begin_record),
            (window.end, self._end_record),
        ]
        self._has_settled = True
        self._pending = 0
        self._chores_at = -math.inf
        self._progress_at = window.begin + _PROGRESS_S
        self._reported = (pool.tally.completed, pool.tally.failed, pool.tally.timed, pool.tally.timed_s)

    def run(self, poller: Poller) -> None:
        """Send, wait for the last answer, and say ``LoadDone``."""
        load, pool, endpoint, wait = self._load, self._pool, self._pool.endpoint, poller.wait
        self._tally.begin(self._command.limits_s)
        pool.bodies.begin()
        endpoint.tend_at = -math.inf
        self._await_next_stage()
        while True:
            now = monotonic()
            if now >= self._chores_at:
                self._chores_at = self._do_chores(now)
            if now >= endpoint.tend_at:
                pool.tend(now)
            if not self._stages and load.is_done():
                break
            until = load.advance(now)
            wait(min(until, self._chores_at, endpoint.tend_at), load.wakes_apart_s)
        self._finish()

    def _await_next_stage(self) -> None:
        """Let the load tell of the renewal; without patience the clock alone decides."""
        if self._stages and self._window.patience_s:
            self._load.at_renewal(self._stages[0][0], self._reach)

    def _reach(self, now: float) -> None:
        _, reached = self._stages.pop(0)
        reached(now)
        self._chores_at = now
        self._await_next_stage()

    def _do_chores(self, now: float) -> float:
        while self._stages and now >= self._latest():
            # Patience ran out while waiting for a renewal. Where the record only begins, its end will tell.
            self._has_settled = not self._window.patience_s or len(self._stages) > 1
            self._reach(now)
        if now >= self._tally.flush_at:
            self._tally.flush(now)
        if now >= self._progress_at:
            self._progress_at += _PROGRESS_S
            self._report(now)
        return min(self._tally.flush_at, self._progress_at, self._latest())

    def _latest(self) -> float:
        """When the next stage comes whatever happens."""
        return self._stages[0][0] + self._window.patience_s if self._stages else math.inf

    def _begin_record(self, now: float) -> None:
        self._cpu_before = process_time()
        self._completed[0] = self._tally.completed
        late_s = max(now - self._window.record, 0.0) if self._window.patience_s else 0.0
        self._moments = [self._window.record + late_s, self._window.end + late_s]
        self._stages = [(self._moments[1], self._end_record)]
        self._tally.record(self._moments[0])
        if self._window.record > self._window.begin:
            self._say(Measuring(target=self._command.target, phase=self._command.phase))

    def _end_record(self, now: float) -> None:
        self._completed[1] = self._tally.completed
        self._pending = self._load.pending()
        if self._window.patience_s:
            self._moments[1] = now
            self._load.stop(now)

    def _report(self, now: float) -> None:
        tally = self._tally
        state = (tally.completed, tally.failed, tally.timed, tally.timed_s)
        completed, failed, timed, timed_s = (new - old for new, old in zip(state, self._reported, strict=True))
        self._reported = state
        self._say(
            Progress(
                target=self._command.target,
                phase=self._command.phase,
                measuring=self._window.record <= now,
                users=self._load.users,
                requests=int(completed + failed),
                failures=int(failed),
                mean_latency_s=timed_s / timed if timed else None,
            )
        )

    def _finish(self) -> None:
        ended = monotonic()
        self._tally.flush(ended)
        record, end = self._moments
        self._say(
            LoadDone(
                target=self._command.target,
                phase=self._command.phase,
                start_s=record,
                duration_s=end - record,
                drain_s=max(ended - end, 0.0),
                outcomes=dict(self._tally.seen),
                cpu_s=process_time() - self._cpu_before,
                completed=self._completed[1] - self._completed[0],
                answered=self._tally.completed - self._first,
                has_settled=self._has_settled,
                pending=self._pending,
                longest_gap_s=self._load.longest_gap_s,
                connects=self._tally.connects,
                disputed=tuple(self._pool.bodies.disputed),
                slower=tuple(self._tally.slower),
            )
        )
