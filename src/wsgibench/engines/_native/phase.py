"""One target in one phase: what goes on from turn to turn."""

from collections.abc import Callable

import numpy as np

from wsgibench.engines._native.arrivals import Arrivals
from wsgibench.engines._native.closed_load import ClosedLoad
from wsgibench.engines._native.open_load import OpenLoad
from wsgibench.engines._native.pool import Pool
from wsgibench.engines._native.requests import request_stream
from wsgibench.engines._native.tally import Tally
from wsgibench.engines._native.times import Times
from wsgibench.engines._native.turn import SendingLoad
from wsgibench.engines._native.user_load import UserLoad
from wsgibench.model.engine import EngineJob, Target
from wsgibench.model.load import Connections, Rate, Users

SHARE = "share"
"""The engine's own option: ``2/4`` in the third of four processes; says where its uniform arrivals fall."""


class Phase:
    """Requests, arrivals and counts that each load of the phase takes up where the last one left them.

    Attributes:
        begin: makes the load of a turn, on the target's connections; told what is typically under way.
    """

    def __init__(self, job: EngineJob, target: Target, name: str) -> None:
        place = (job.targets.index(target), list(job.phases).index(name))
        seeds = np.random.SeedSequence(job.seed, spawn_key=place).spawn(2)
        self._rng, requests_rng = (np.random.default_rng(seed) for seed in seeds)
        self._requests = request_stream(job, target, requests_rng)
        self.load = job.phases[name]
        self.tally = Tally()
        self.begin = self._beginner(job.options.get(SHARE, "0/1"))

    def _beginner(self, share: str) -> Callable[[Times, Pool, int], SendingLoad]:
        match self.load:
            case Rate() as rate:
                number, _, processes = share.partition("/")
                arrivals = Arrivals(rate, self._rng, (int(number) + 0.5) / int(processes))
                return lambda times, pool, typical: self._open(rate, arrivals, times, pool, typical)
            case Connections() as connections:
                return lambda times, pool, typical: ClosedLoad(
                    connections.count, times.end + times.patience_s, self._requests, pool, at_once=typical
                )
            case Users() as users:
                return lambda times, pool, _: UserLoad(users, times, self._requests, pool, self._rng)

    def _open(self, rate: Rate, arrivals: Arrivals, times: Times, pool: Pool, typical: int) -> OpenLoad:
        """A load that ends by the clock has just what falls due until then; another one goes on until it is stopped."""
        if not times.patience_s:
            dues = arrivals.slice(times.record - times.begin, times.end - times.record)
            return OpenLoad(rate, (times.begin + due for due in dues), self._requests, pool)
        endless = (times.begin + due for due in arrivals.onwards())
        return OpenLoad(rate, endless, self._requests, pool, typical=typical, on_stop=arrivals.stop)
