"""One target in one phase: what goes on from turn to turn."""

from collections.abc import Callable
from itertools import count

import numpy as np

from wsgibench.engines._native.arrivals import Arrivals
from wsgibench.engines._native.closed_load import ClosedLoad
from wsgibench.engines._native.load_run import SendingLoad
from wsgibench.engines._native.load_window import LoadWindow
from wsgibench.engines._native.open_load import OpenLoad
from wsgibench.engines._native.pool import Pool
from wsgibench.engines._native.requests import request_stream
from wsgibench.engines._native.tally import Tally
from wsgibench.engines._native.user_load import UserLoad
from wsgibench.model.engine import EngineJob, Target
from wsgibench.model.load import Connections, Load, Rate, Users


class PhaseState:
    """Arrivals and counts that each load of the phase takes up where the last one left them.

    What is asked is drawn anew for each load, and alike for all targets: who has the same number of loads behind it is
    asked for the same, so that answers can be compared. Anew, so that it is not always the fastest that asks the store
    for a document first.

    Attributes:
        begin: makes the load of a turn, on the target's connections; told what is typically under way.
    """

    def __init__(self, job: EngineJob, target: Target, load: Load, number: int) -> None:
        """``number`` tells phases apart that are asked in other orders, and is the same for all targets."""
        [seed] = np.random.SeedSequence(job.seed, spawn_key=(job.targets.index(target), number)).spawn(1)
        self._rng = np.random.default_rng(seed)
        self._streams = (
            request_stream(job, target, np.random.default_rng(_seed_of(job, number, place))) for place in count()
        )
        self.load = load
        self.tally = Tally()
        self.begin = self._beginner(*job.share)

    def _beginner(self, number: int, processes: int) -> Callable[[LoadWindow, Pool, int], SendingLoad]:
        match self.load:
            case Rate() as rate:
                arrivals = Arrivals(rate, self._rng, (number + 0.5) / processes)
                return lambda window, pool, typical: self._open(rate, arrivals, window, pool, typical)
            case Connections() as connections:
                return lambda window, pool, typical: ClosedLoad(
                    connections.count, window.end + window.patience_s, next(self._streams), pool, at_once=typical
                )
            case Users() as users:
                return lambda window, pool, _: UserLoad(users, window, next(self._streams), pool, self._rng)

    def _open(self, rate: Rate, arrivals: Arrivals, window: LoadWindow, pool: Pool, typical: int) -> OpenLoad:
        """A load that ends by the clock has just what falls due until then; another one goes on until it is stopped."""
        if not window.patience_s:
            dues = arrivals.slice(window.record - window.begin, window.end - window.record)
            return OpenLoad(rate, (window.begin + due for due in dues), next(self._streams), pool)
        endless = (window.begin + due for due in arrivals.onwards())
        return OpenLoad(rate, endless, next(self._streams), pool, typical=typical, on_stop=arrivals.stop)


def _seed_of(job: EngineJob, phase: int, load: int) -> np.random.SeedSequence:
    """Of what is asked in a load: the same for every target, and another than any ``spawn`` gives (0, 1, ...)."""
    return np.random.SeedSequence(job.seed, spawn_key=(phase, load, 2))
