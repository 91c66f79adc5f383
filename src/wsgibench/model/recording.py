"""What a load engine recorded: latencies and outcomes, second by second, mergeable without loss.

Latencies are counted in log-linear buckets of 3 significant digits, the layout of HdrHistogram (Gil Tene,
http://hdrhistogram.org): microseconds below 2,048 have a bucket each; above, each doubling has 1,024 buckets, so that a
bucket is never wider than 1/1,024 of its value. 1 µs to 60 s, values beyond are counted at the ends.
"""

import io
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from wsgibench.model._archive import arrays_of

OUTCOMES = (
    "ok",  # a right status
    "bad_status",
    "wrong_body",  # 2xx that a locustfile calls a failure
    "refused",  # the connection could not be opened
    "reset",  # the connection ended or broke within the response
    "timeout",
    "malformed",  # what came was not HTTP
    "unsent",  # fell due, and could not be sent before the load ended
)
"""How a request can end. All but ``ok`` are failures."""

EVENTS = ("connects", "keepalive_races")
"""What is counted beside: connections opened; idle ones that the server closed just as a request went out."""

_LINEAR = 2048
_HALF_BITS = 10
MAX_US = 60_000_000
BUCKETS = _LINEAR + (MAX_US.bit_length() - 11) * (_LINEAR // 2)

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def bucket_of(latency_s: npt.ArrayLike) -> Ints:
    """The bucket of each latency in seconds; same shape."""
    micros = np.clip(np.rint(np.asarray(latency_s, dtype=np.float64) * 1e6), 1, MAX_US).astype(np.int64)
    # frexp's exponent is the number of bits: exact for integers below 2**53.
    doublings = np.maximum(np.frexp(micros.astype(np.float64))[1] - (_HALF_BITS + 1), 0)
    return np.where(
        doublings == 0,
        micros,
        _LINEAR + (doublings - 1) * (_LINEAR // 2) + (micros >> doublings) - _LINEAR // 2,
    ).astype(np.int64)


def bucket_middle_s(bucket: npt.ArrayLike) -> Floats:
    """The latency in seconds at the middle of each bucket; same shape."""
    index = np.asarray(bucket, dtype=np.int64)
    above = np.maximum(index - _LINEAR, 0)
    doublings = np.where(index < _LINEAR, 0, above // (_LINEAR // 2) + 1)
    low = np.where(index < _LINEAR, index, (above % (_LINEAR // 2) + _LINEAR // 2) << doublings)
    return np.asarray((low + ((1 << doublings) - 1) / 2) * 1e-6)


@dataclass(frozen=True)
class SecondCounts:
    """A sparse table: ``count[k]`` things of kind ``key[k]`` (a bucket, an outcome) in second ``second[k]``.

    Rows are unique and sorted by second, then key. Seconds are whole, since the start of the record.
    """

    second: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    key: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    count: Ints = field(default_factory=lambda: np.zeros(0, np.int64))

    @staticmethod
    def gather(second: npt.ArrayLike, key: npt.ArrayLike, count: npt.ArrayLike | None = None) -> "SecondCounts":
        """The table of these rows, in any order, repeated rows added up; each counts 1 where ``count`` is left out."""
        seconds, keys = np.asarray(second, np.int64), np.asarray(key, np.int64)
        counts = np.ones_like(seconds) if count is None else np.asarray(count, np.int64)
        # One number a row: sorting those is twenty times faster than sorting rows.
        span = int(keys.max(initial=0)) + 1
        rows, index = np.unique(seconds * span + keys, return_inverse=True)
        totals = np.bincount(index, weights=counts, minlength=len(rows))
        return SecondCounts(rows // span, rows % span, np.rint(totals).astype(np.int64))

    def merge(self, *others: "SecondCounts") -> "SecondCounts":
        """The sum of the tables."""
        tables = (self, *others)
        return SecondCounts.gather(
            np.concatenate([t.second for t in tables]),
            np.concatenate([t.key for t in tables]),
            np.concatenate([t.count for t in tables]),
        )

    def totals(self, keys: int) -> Ints:
        """Counts per key over all seconds; shape (keys,)."""
        return np.rint(np.bincount(self.key, weights=self.count, minlength=keys)).astype(np.int64)


_STATUSES = 1000
"""Of three digits, as HTTP has them."""
_TABLES = {
    "latency": BUCKETS,
    "lateness": BUCKETS,
    "outcomes": len(OUTCOMES),
    "events": len(EVENTS),
    "statuses": _STATUSES,
}
"""How many keys each has."""
_LATER = ("statuses",)
"""Tables that recordings of before have not."""
_COLUMNS = ("second", "key", "count")
_ARRAYS = ("format", "start_s", "latency_sum_s", *(f"{name}_{column}" for name in _TABLES for column in _COLUMNS))

SECONDS_MOST = 30 * 86_400
"""Of one recording: whoever reads one reserves room for each of its seconds."""
_MOMENT_MOST_S = 1e11
_SUM_MOST_S = 1e12
_COUNT_MOST = 2**50
"""So that sums are exact, in doubles too."""


@dataclass(frozen=True)
class Recording:
    """One target in one phase.

    Attributes:
        start_s: where second 0 begins, in seconds since the epoch.
        latency: keys are buckets. Of requests that ended ``ok`` or ``timeout``; in the second in which they ended.
            Under a ``Rate`` from when they were due, else from when they were sent.
        latency_sum_s: exact sum of those latencies by second; shape (seconds,).
        lateness: keys are buckets: how long after it was due each request was sent; empty for closed models.
        outcomes: keys are positions in ``OUTCOMES``.
        events: keys are positions in ``EVENTS``.
        statuses: keys are the HTTP statuses of those that ended ``bad_status``; empty in recordings of before it was
            kept.
    """

    start_s: float
    latency: SecondCounts = field(default_factory=SecondCounts)
    lateness: SecondCounts = field(default_factory=SecondCounts)
    outcomes: SecondCounts = field(default_factory=SecondCounts)
    events: SecondCounts = field(default_factory=SecondCounts)
    statuses: SecondCounts = field(default_factory=SecondCounts)
    latency_sum_s: Floats = field(default_factory=lambda: np.zeros(0))

    def to_bytes(self) -> bytes:
        """A compressed npz archive."""
        arrays: dict[str, npt.NDArray[np.generic]] = {
            "format": np.array([1]),
            "start_s": np.array([self.start_s]),
            "latency_sum_s": self.latency_sum_s,
        }
        for name in _TABLES:
            table: SecondCounts = getattr(self, name)
            arrays[f"{name}_second"] = table.second.astype(np.int32)
            arrays[f"{name}_key"] = table.key.astype(np.int16)
            arrays[f"{name}_count"] = table.count.astype(np.int64)
        buffer = io.BytesIO()
        np.savez_compressed(buffer, **arrays)  # type: ignore[arg-type]  # numpy's stub takes the keywords for its own
        return buffer.getvalue()

    @staticmethod
    def from_bytes(data: bytes) -> "Recording":
        """The recording in an archive that ``to_bytes`` made.

        Raises:
            ValueError: it is none.
        """
        try:
            arrays: dict[str, Any] = arrays_of(data, _ARRAYS)
            start_s, sums_s = float(arrays["start_s"][0]), arrays["latency_sum_s"].astype(np.float64)
            _check_times(start_s, sums_s)
            return Recording(start_s, latency_sum_s=sums_s, **_tables_of(arrays))
        except Exception as exc:  # of bytes that are no archive zipfile, zlib and numpy raise a dozen kinds
            raise ValueError(f"not a recording: {exc}") from exc

    def merge(self, *others: "Recording") -> "Recording":
        """All of them as one, second by second: for engine processes that worked side by side."""
        all_of = (self, *others)
        sums = np.zeros(max(len(r.latency_sum_s) for r in all_of))
        for recording in all_of:
            sums[: len(recording.latency_sum_s)] += recording.latency_sum_s
        tables = {name: getattr(self, name).merge(*(getattr(o, name) for o in others)) for name in _TABLES}
        return Recording(min(r.start_s for r in all_of), latency_sum_s=sums, **tables)


def _check_times(start_s: float, sums_s: Floats) -> None:
    """Raises ValueError if they are of no recording that there could be."""
    if not (0 <= start_s <= _MOMENT_MOST_S and len(sums_s) <= SECONDS_MOST and _are_within(sums_s, 0, _SUM_MOST_S)):
        raise ValueError("its times are absurd")


def _tables_of(arrays: dict[str, npt.NDArray[np.int64]]) -> dict[str, SecondCounts]:
    """The tables by name.

    Raises:
        ValueError: the arrays are in another format.
    """
    if int(arrays["format"][0]) != 1:
        raise ValueError(f"format {arrays['format'][0]} is not known")
    return {
        name: _table(*(arrays[f"{name}_{column}"].astype(np.int64) for column in _COLUMNS), keys=keys)
        for name, keys in _TABLES.items()
        if name not in _LATER or f"{name}_key" in arrays
    }


def _table(second: Ints, key: Ints, count: Ints, *, keys: int) -> SecondCounts:
    """The table.

    Raises:
        ValueError: it is none: of columns that are unlike, out of order, or with what cannot be counted.
    """
    if not len(second) == len(key) == len(count):
        raise ValueError("its columns are not alike long")
    if not (_are_within(second, 0, SECONDS_MOST - 1) and _are_within(key, 0, keys - 1)):
        raise ValueError("it has seconds or kinds that there are not")
    if not (_are_within(count, 0, _COUNT_MOST) and count.sum(dtype=np.float64) <= _COUNT_MOST):
        raise ValueError("it counts what nobody could have counted")
    if np.any(np.diff(second * keys + key) <= 0):
        raise ValueError("its rows are out of order")
    return SecondCounts(second, key, count)


def _are_within(values: Ints | Floats, low: float, high: float) -> bool:
    """Whether all of them are numbers in the range."""
    return bool(np.all((values >= low) & (values <= high)))
