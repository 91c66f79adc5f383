"""One target in one phase: what goes on from turn to turn."""

from collections.abc import Callable, Iterator

import numpy as np

from wsgibench.engines._native.arrivals import Arrivals
from wsgibench.engines._native.closed_load import ClosedLoad
from wsgibench.engines._native.load_run import SendingLoad
from wsgibench.engines._native.load_window import LoadWindow
from wsgibench.engines._native.open_load import OpenLoad
from wsgibench.engines._native.pool import Pool
from wsgibench.engines._native.requests import Request, request_stream
from wsgibench.engines._native.tally import Tally
from wsgibench.engines._native.user_load import UserLoad
from wsgibench.engines._paths import PathOrder
from wsgibench.model.engine import EngineJob, RunLoad, Target
from wsgibench.model.load import Connections, Load, Rate, Users


class PhaseState:
    """Arrivals and counts that each load of the phase takes up where the last one left them.

    What is asked follows from the place of each load: all targets begin a turn at the same path, so that answers can be
    compared, and each turn elsewhere, so that it is not always the fastest that asks the store for a document first.

    Attributes:
        begin: makes the load of a turn, on the target's connections; by the command for it.
    """

    def __init__(self, job: EngineJob, target: Target, load: Load, number: int, order: PathOrder) -> None:
        """``number`` tells phases apart."""
        [seed] = np.random.SeedSequence(job.seed, spawn_key=(job.targets.index(target), number)).spawn(1)
        self._rng = np.random.default_rng(seed)
        self._job, self._target, self._order = job, target, order
        self.load = load
        self.tally = Tally()
        self.begin = self._beginner(*job.share)

    def _beginner(self, number: int, processes: int) -> Callable[[LoadWindow, Pool, RunLoad], SendingLoad]:
        match self.load:
            case Rate() as rate:
                arrivals = Arrivals(rate, self._rng, (number + 0.5) / processes)
                return lambda window, pool, command: self._open(rate, arrivals, window, pool, command)
            case Connections() as connections:
                return lambda window, pool, command: ClosedLoad(
                    connections.count,
                    window.end + window.patience_s,
                    self._requests(command.place),
                    pool,
                    at_once=command.typical,
                )
            case Users() as users:
                return lambda window, pool, command: UserLoad(
                    users, window, self._requests(command.place), pool, self._rng
                )

    def _requests(self, place: int) -> Iterator[Request]:
        number, processes = self._job.share
        return request_stream(self._job, self._target, self._order.begin(place * processes + number))

    def _open(self, rate: Rate, arrivals: Arrivals, window: LoadWindow, pool: Pool, command: RunLoad) -> OpenLoad:
        """A load that ends by the clock has just what falls due until then; another one goes on until it is stopped."""
        requests = self._requests(command.place)
        if not window.patience_s:
            dues = arrivals.slice(window.record - window.begin, window.end - window.record)
            return OpenLoad(rate, (window.begin + due for due in dues), requests, pool)
        endless = (window.begin + due for due in arrivals.onwards())
        return OpenLoad(rate, endless, requests, pool, typical=command.typical, on_stop=arrivals.stop)
