"""Counting what happened to the requests of one target in one phase."""

import math
import time
from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from wsgibench.model.recording import BUCKETS, EVENTS, OUTCOMES, Ints, Recording, SecondCounts, bucket_of

FLUSH_S = 0.1
"""How often raw latencies become histogram counts: a tenth of a second of them, 1,000 at 10,000/s, takes 0.15 ms."""


class _Histogram:
    """Latencies by second: counts by bucket for the second that runs, sparse rows for those gone by."""

    def __init__(self) -> None:
        self._second = 0
        self._counts: Ints = np.zeros(BUCKETS, np.int64)
        self._rows: list[tuple[int, npt.NDArray[np.int32], Ints]] = []

    def add(self, second: int, latencies_s: npt.ArrayLike) -> None:
        if second != self._second:
            self._finish_second()
            self._second = second
        self._counts += np.bincount(bucket_of(latencies_s), minlength=BUCKETS)

    def table(self) -> SecondCounts:
        self._finish_second()
        if not self._rows:
            return SecondCounts()
        return SecondCounts.gather(
            np.concatenate([np.full(len(keys), second) for second, keys, _ in self._rows]),
            np.concatenate([keys for _, keys, _ in self._rows]),
            np.concatenate([counts for _, _, counts in self._rows]),
        )

    def _finish_second(self) -> None:
        keys = np.flatnonzero(self._counts)
        if len(keys):
            self._rows.append((self._second, keys.astype(np.int32), self._counts[keys]))
            self._counts[:] = 0


class Tally:
    """Counts; second 0 begins with the first recorded moment.

    A request belongs to the record if it began in the recorded part of a load: fell due in an open model, was sent in
    a closed one. It is followed to its end, into the drain, and counted in the second in which it ended.

    Attributes:
        completed, failed: requests that ended ``ok`` or not, recorded or not.
        seen: how the recorded requests of this load ended, as far as flushed.
        slower: how many recorded requests of this load took longer than each of the limits that it began with.
        connects: how many connections were opened in its recorded part.
        timed, timed_s: how many latencies were recorded, and their sum, as far as flushed.
        flush_at: when ``flush`` is to be called next, on CLOCK_MONOTONIC.
    """

    def __init__(self) -> None:
        self.completed = 0
        self.seen: Counter[str] = Counter()
        self._limits_s: tuple[float, ...] = ()
        self.slower: list[int] = []
        self.connects = 0
        self.flush_at = math.inf
        self.failed = 0
        self.timed = 0
        self.timed_s = 0.0
        self._from = math.inf
        self._zero: float | None = None
        self._epoch = 0.0
        self._good: list[float] = []
        self._late: list[float] = []
        self._timed_out: list[float] = []
        self._latency, self._lateness = _Histogram(), _Histogram()
        self._sums: defaultdict[int, float] = defaultdict(float)
        self._outcomes: Counter[tuple[int, int]] = Counter()
        self._events: Counter[tuple[int, int]] = Counter()
        self._statuses: Counter[tuple[int, int]] = Counter()

    def begin(self, limits_s: Sequence[float] = ()) -> None:
        """A load begins, of which nothing is recorded yet; what takes longer than each of these is counted."""
        self.seen = Counter()
        self._limits_s = tuple(limits_s)
        self.slower = [0] * len(self._limits_s)
        self.connects = 0
        self._from = self.flush_at = math.inf

    def record(self, record_from: float) -> None:
        """What begins from that moment on is recorded."""
        self._from = record_from
        if self._zero is None:
            self._zero = record_from
            self._epoch = time.time() + record_from - time.monotonic()
        self.flush_at = record_from + FLUSH_S

    def on_response(self, outcome: str, start: float, now: float) -> None:
        """A request that counts from ``start`` ended so."""
        if outcome == "ok":
            self.completed += 1
            if start >= self._from:
                self._good.append(now - start)
            return
        self.failed += 1
        if start >= self._from:
            self.seen[outcome] += 1
            self._outcomes[self._second(now), OUTCOMES.index(outcome)] += 1
            if outcome == "timeout":
                self._timed_out.append(now - start)

    def bad_status(self, status: int, start: float, now: float) -> None:
        """A request that counts from ``start``, and ends ``bad_status``, was answered with that status."""
        if start >= self._from:
            self._statuses[self._second(now), status] += 1

    def sent(self, due: float, now: float) -> None:
        """A request that was due then was sent now."""
        if due >= self._from:
            self._late.append(now - due)

    def count(self, event: str) -> None:
        """Something of ``EVENTS`` happened."""
        now = time.monotonic()
        if now >= self._from:
            self._events[self._second(now), EVENTS.index(event)] += 1
            self.connects += event == "connects"

    def flush(self, now: float) -> None:
        """Count what was collected since the last time; also at the end of a load."""
        second = self._second(min(now, self.flush_at) - FLUSH_S / 2)
        if self._good:
            self._outcomes[second, OUTCOMES.index("ok")] += len(self._good)
            self.seen["ok"] += len(self._good)
        if self._good or self._timed_out:
            latencies = np.array(self._good + self._timed_out)
            self._latency.add(second, latencies)
            self._sums[second] += float(latencies.sum())
            self.slower = [
                count + int((latencies > limit_s).sum())
                for count, limit_s in zip(self.slower, self._limits_s, strict=True)
            ]
            self.timed += len(latencies)
            self.timed_s += float(latencies.sum())
            self._good.clear()
            self._timed_out.clear()
        if self._late:
            self._lateness.add(second, self._late)
            self._late.clear()
        self.flush_at += FLUSH_S * (1 + max(int((now - self.flush_at) / FLUSH_S), 0))

    def recording(self) -> Recording:
        """All of it."""
        sums = np.zeros(max(self._sums, default=-1) + 1)
        sums[list(self._sums)] = list(self._sums.values())
        return Recording(
            self._epoch,
            latency=self._latency.table(),
            lateness=self._lateness.table(),
            outcomes=_table(self._outcomes),
            events=_table(self._events),
            statuses=_table(self._statuses),
            latency_sum_s=sums,
        )

    def _second(self, now: float) -> int:
        return max(int(now - (self._zero or 0.0)), 0)


def _table(counts: Counter[tuple[int, int]]) -> SecondCounts:
    if not counts:
        return SecondCounts()
    seconds, keys = zip(*counts, strict=True)
    return SecondCounts.gather(seconds, keys, list(counts.values()))
