"""When requests fall due."""

from collections.abc import Iterator

import numpy as np

from wsgibench.model.load import Rate
from wsgibench.model.recording import Floats

_CHUNK = 1024


class Arrivals:
    """The arrival process of one phase, cut into slices: each load of the phase takes up where the last one stopped.

    It lives in operational time, in which the mean rate is 1 and gaps are exponential (or all 1), and is mapped to
    seconds through the inverse of the integrated rate: the time change of a Poisson process (Çinlar, Introduction to
    Stochastic Processes, 1975, section 4.7), exact for ramps too.
    """

    def __init__(self, load: Rate, rng: np.random.Generator, phase: float = 0.5) -> None:
        """``phase`` is where, between 0 and 1, the first of ``uniform`` arrivals falls."""
        self._load = load
        self._rng = rng
        self._exponential = load.arrivals == "exponential"
        # Moments yet to come, in operational time from the end of the last slice on; the first of the process is drawn.
        self._ahead: Floats = np.array([rng.exponential() if self._exponential else phase])

    def slice(self, warmup_s: float, duration_s: float) -> Iterator[float]:
        """Due times of the next slice in seconds since its beginning, ascending, all below its end.

        ``warmup_s`` at the starting rate, then ``duration_s`` in which the rate goes from start to end.
        """
        total = warmup_s * self._load.start_per_s + duration_s * (self._load.start_per_s + self._load.end_per_s) / 2
        while (inside := int(np.searchsorted(self._ahead, total))) == len(self._ahead):
            yield from self._seconds(self._ahead, warmup_s, duration_s).tolist()
            gaps = self._rng.exponential(size=_CHUNK) if self._exponential else np.ones(_CHUNK)
            self._ahead = self._ahead[-1] + np.cumsum(gaps)
        yield from self._seconds(self._ahead[:inside], warmup_s, duration_s).tolist()
        self._ahead = self._ahead[inside:] - total

    def onwards(self) -> Iterator[float]:
        """Due times in seconds since now, without end; of a rate that stays as it is. ``stop`` ends it."""
        rate = self._load.start_per_s
        while True:
            yield from (self._ahead / rate).tolist()
            gaps = self._rng.exponential(size=_CHUNK) if self._exponential else np.ones(_CHUNK)
            self._ahead = self._ahead[-1] + np.cumsum(gaps)

    def stop(self, next_in_s: float) -> None:
        """``onwards`` ends; the next of its due times would have been in ``next_in_s`` seconds.

        Exponential gaps have no memory, so that a new one is as good as the rest of the old one, and the moment of
        stopping may depend on what has arrived.
        """
        self._ahead = np.array([self._rng.exponential() if self._exponential else next_in_s * self._load.start_per_s])

    def _seconds(self, moments: Floats, warmup_s: float, duration_s: float) -> Floats:
        """Operational time to seconds: solves start·t + slope·t²/2 = moment, in the form that is exact for slope 0."""
        start = self._load.start_per_s
        slope = (self._load.end_per_s - start) / duration_s
        ramp = moments - warmup_s * start
        root = np.sqrt(np.maximum(start * start + 2 * slope * ramp, 0.0))
        seconds: Floats = warmup_s + np.where(ramp < 0, ramp / (start or 1.0), 2 * ramp / (start + root))
        return seconds
