"""One load from its first request to the last answer."""

import math
from collections.abc import Callable
from time import monotonic, process_time
from typing import Protocol

from wsgibench.engines._native.poller import Poller
from wsgibench.engines._native.pool import Pool
from wsgibench.engines._native.times import Times
from wsgibench.model.engine import EngineEvent, LoadDone, Measuring, Progress, RunLoad

_PROGRESS_S = 1.0


class SendingLoad(Protocol):
    """Decides when requests go out."""

    users: int
    wakes_apart_s: float
    """See ``Poller.wait``."""

    def advance(self, now: float) -> float:
        """Send what is to be sent now; when to call again if nothing happens before."""

    def is_done(self) -> bool:
        """Whether nothing is under way any more."""


class Turn:
    """Runs a load, and reports on it."""

    def __init__(
        self, command: RunLoad, times: Times, load: SendingLoad, pool: Pool, say: Callable[[EngineEvent], None]
    ) -> None:
        self._command = command
        self._times = times
        self._load = load
        self._pool = pool
        self._tally = pool.tally
        self._say = say
        self._cpu_before = 0.0
        self._completed = [0, 0]  # at the beginning of the recorded part, and at its end
        self._stages = [(times.record, self._begin_record), (times.end, self._end_record)]
        self._progress_at = times.begin + _PROGRESS_S
        self._reported = (pool.tally.completed, pool.tally.failed, pool.tally.timed, pool.tally.timed_s)

    def run(self, poller: Poller) -> None:
        """Send, wait for the last answer, and say ``LoadDone``."""
        load, pool, wait = self._load, self._pool, poller.wait
        self._tally.begin(self._times.record)
        pool.tend_at = -math.inf
        chores_at = -math.inf
        while True:
            now = monotonic()
            if now >= chores_at:
                chores_at = self._do_chores(now)
            if now >= pool.tend_at:
                pool.tend(now)
            if not self._stages and load.is_done():
                break
            until = load.advance(now)
            wait(min(until, chores_at, pool.tend_at), load.wakes_apart_s)
        self._finish()

    def _do_chores(self, now: float) -> float:
        while self._stages and now >= self._stages[0][0]:
            self._stages.pop(0)[1]()
        if now >= self._tally.flush_at:
            self._tally.flush(now)
        if now >= self._progress_at:
            self._progress_at += _PROGRESS_S
            self._report(now)
        return min(self._tally.flush_at, self._progress_at, self._stages[0][0] if self._stages else math.inf)

    def _begin_record(self) -> None:
        self._cpu_before = process_time()
        self._completed[0] = self._tally.completed
        if self._times.record > self._times.begin:
            self._say(Measuring(target=self._command.target, phase=self._command.phase))

    def _end_record(self) -> None:
        self._completed[1] = self._tally.completed

    def _report(self, now: float) -> None:
        tally = self._tally
        state = (tally.completed, tally.failed, tally.timed, tally.timed_s)
        completed, failed, timed, timed_s = (new - old for new, old in zip(state, self._reported, strict=True))
        self._reported = state
        self._say(
            Progress(
                target=self._command.target,
                phase=self._command.phase,
                measuring=self._times.record <= now,
                users=self._load.users,
                requests=int(completed + failed),
                failures=int(failed),
                mean_latency_s=timed_s / timed if timed else None,
            )
        )

    def _finish(self) -> None:
        ended = monotonic()
        self._tally.flush(ended)
        self._say(
            LoadDone(
                target=self._command.target,
                phase=self._command.phase,
                start_s=self._times.record,
                duration_s=self._times.end - self._times.record,
                drain_s=max(ended - self._times.end, 0.0),
                outcomes=dict(self._tally.seen),
                cpu_s=process_time() - self._cpu_before,
                completed=self._completed[1] - self._completed[0],
            )
        )
