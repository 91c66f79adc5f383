"""What happened to the requests of this process, from Locust's request event into a ``Recording``."""
# ruff: noqa: ANN401  # an event carries whatever its sender gave it

import time
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from wsgibench.engines._locust.outcome import outcome_of, status_of
from wsgibench.model.answer_table import Answers
from wsgibench.model.answers import BEGINNING_BYTES, Disputed, checksum_of
from wsgibench.model.path_sample import PathSample
from wsgibench.model.recording import EVENTS, OUTCOMES, Recording, SecondCounts, bucket_of

_PATHS_MOST = 100_000
"""Of more, a sample."""
_DISPUTED_MOST = 8
_WITH_LATENCY = [OUTCOMES.index("ok"), OUTCOMES.index("timeout")]


@dataclass
class Tally:
    """Requests since the last tally, recorded or not: what ``Progress`` tells."""

    requests: int = 0
    failures: int = 0
    latency_sum_s: float = 0.0

    def add(self, other: "Tally") -> None:
        self.requests += other.requests
        self.failures += other.failures
        self.latency_sum_s += other.latency_sum_s


class Recorder:
    """Keeps each request that is sent between ``begin`` and ``end``: 13 bytes each, turned into counts afterwards.

    A request costs an append to three arrays while the load runs, and nothing ever stops the users to tidy up: a pause
    here would be a latency there. One hour at the article's 220 requests/s is 10 MB.

    Attributes:
        completed: ``ok`` answers that came between ``begin`` and ``end``, whenever they were asked for.
        disputed: the first few good answers with another body than an earlier one to the same path; each path once.
    """

    def __init__(self, is_right: Callable[[int], bool]) -> None:
        """``is_right`` says whether a status is a good one."""
        self._is_right = is_right
        self._sample = PathSample[str, tuple[int, float]](_PATHS_MOST)
        self._bodies = self._sample.kept
        self.disputed: dict[str, Disputed] = {}
        self._begin_s = self._end_s = float("inf")
        self._second, self._latency_s, self._outcome = array("i"), array("d"), array("b")
        self._event_second, self._event = array("i"), array("b")
        self._bad_second, self._bad_status = array("i"), array("h")
        self._last_answer_s = 0.0
        self.completed = 0
        self._tally = Tally()

    def begin(self) -> float:
        """From now on requests are recorded. Returns now, in seconds since the epoch."""
        self._begin_s = time.time()
        return self._begin_s

    def end(self) -> float:
        """What is sent from now on is not recorded; what is in flight still is. Returns seconds since the beginning."""
        self._end_s = time.time()
        return self._end_s - self._begin_s

    def on_request(self, **event: Any) -> None:
        """Locust's request event. ``start_time`` is its wall clock, ``response_time`` unrounded milliseconds."""
        latency_s = (event["response_time"] or 0.0) / 1000
        sent_s = event.get("start_time") or time.time() - latency_s
        outcome = outcome_of(event.get("exception"), event.get("response"), self._is_right)
        if outcome == "ok":
            self._note_body(event, sent_s, sent_s + latency_s)
        self._tally.add(Tally(1, int(outcome != "ok"), latency_s))
        self.completed += outcome == "ok" and self._begin_s <= sent_s + latency_s < self._end_s
        if self._begin_s <= sent_s < self._end_s:
            after_s = sent_s + latency_s - self._begin_s
            self._second.append(int(after_s))
            self._latency_s.append(latency_s)
            self._outcome.append(OUTCOMES.index(outcome))
            if outcome == "bad_status":
                self._bad_second.append(int(after_s))
                self._bad_status.append(status_of(event["response"]))
            self._last_answer_s = max(self._last_answer_s, after_s)

    def on_event(self, name: str) -> None:
        """Count one of ``EVENTS``."""
        now_s = time.time()
        if self._begin_s <= now_s < self._end_s:
            self._event_second.append(int(now_s - self._begin_s))
            self._event.append(EVENTS.index(name))

    def tally(self) -> Tally:
        """What happened since the last call."""
        tally, self._tally = self._tally, Tally()
        return tally

    def drain_s(self) -> float:
        """From the end until the last answer to a recorded request."""
        return max(self._last_answer_s - (self._end_s - self._begin_s), 0.0)

    def recording(self) -> Recording:
        """All that was recorded."""
        second, outcome = np.asarray(self._second), np.asarray(self._outcome)
        timed = np.isin(outcome, _WITH_LATENCY)
        latency_s = np.asarray(self._latency_s)[timed]
        return Recording(
            self._begin_s,
            latency=SecondCounts.gather(second[timed], bucket_of(latency_s)),
            outcomes=SecondCounts.gather(second, outcome),
            events=SecondCounts.gather(np.asarray(self._event_second), np.asarray(self._event)),
            statuses=SecondCounts.gather(np.asarray(self._bad_second), np.asarray(self._bad_status)),
            latency_sum_s=np.bincount(second[timed], weights=latency_s).astype(np.float64),
        )

    def answers(self) -> Answers:
        """What each path was answered with at first, recorded or not."""
        return Answers.of({path: checksum for path, (checksum, _) in self._bodies.items()})

    def _note_body(self, event: dict[str, Any], sent_s: float, came_s: float) -> None:
        """Of two that were under way at the same time none is earlier (see the native engine's ``Bodies``)."""
        try:
            body = event["response"].content or b""
        except Exception:  # noqa: BLE001  # a client of the user's own, or a stream of which nothing is left
            return
        path = "/" + (event.get("url") or "").partition("://")[2].partition("/")[2]
        checksum = checksum_of(body)
        if path not in self._bodies:
            self._sample.add(path, (checksum, came_s), path.encode(errors="replace"))
        before, before_s = self._bodies.get(path, (checksum, came_s))
        if before != checksum and before_s < sent_s and len(self.disputed) < _DISPUTED_MOST:
            text = body[:BEGINNING_BYTES].decode(errors="replace")
            self.disputed.setdefault(path, Disputed(path=path, checksum=checksum, before=before, body=text))
