"""All users in one process: this one sends the whole load itself."""

import gevent.event

from wsgibench.engines._locust.assignment import Assignment, own_classes
from wsgibench.engines._locust.locust_process import LocustProcess, Report, forget_statistics, new_environment
from wsgibench.engines._locust.recorder import Tally
from wsgibench.model.engine import EngineJob


class LocalPool:
    """Users in this process, started by Locust's local runner."""

    def __init__(self, job: EngineJob) -> None:
        self._environment = new_environment()
        self._runner = self._environment.create_local_runner()
        forget_statistics(self._environment)
        self._own_classes = own_classes(job)
        self._process: LocustProcess | None = None

    def ramp(self, assignment: Assignment) -> None:
        """Start the users; returns when all are there."""
        self._process = LocustProcess(self._environment, assignment, self._own_classes, 0)
        complete = gevent.event.Event()
        self._environment.events.spawning_complete.add_listener(  # type: ignore[no-untyped-call]
            lambda **_: complete.set()
        )
        self._runner.start(assignment.users.count, assignment.users.spawn_rate_per_s)
        complete.wait()

    def begin(self) -> None:
        """From now on requests are recorded."""
        self._sending.begin()

    def end(self) -> Report:
        """Send no more, and wait for what is in flight."""
        return self._sending.end()

    def tally(self) -> tuple[int, Tally]:
        """Users that are there, and requests since the last call."""
        return (self._process.users, self._process.tally()) if self._process else (0, Tally())

    def leave(self) -> None:
        """Nobody else is there to send away."""

    @property
    def _sending(self) -> LocustProcess:
        assert self._process is not None, "ramp comes first"  # noqa: S101
        return self._process
