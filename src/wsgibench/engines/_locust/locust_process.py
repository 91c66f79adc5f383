"""One process that sends: Locust's environment, its users, and what they record."""

import random
import time
import types
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

import locust
import msgspec
from locust import User
from locust.env import Environment

from wsgibench.as_json import as_json
from wsgibench.engines._locust.assignment import Assignment
from wsgibench.engines._locust.clients import prepare
from wsgibench.engines._locust.locustfile import paths_of, user_class
from wsgibench.engines._locust.recorder import Recorder, Tally
from wsgibench.engines._paths import PathOrder
from wsgibench.model.answer_table import Answers
from wsgibench.model.answers import Disputed
from wsgibench.model.recording import Recording


@dataclass(frozen=True)
class Report:
    """What came of a load; the fields are those of ``LoadDone``, and what each path was answered with."""

    recording: Recording
    drain_s: float
    cpu_s: float
    completed: int
    disputed: tuple[Disputed, ...]
    answers: Answers

    def packed(self) -> dict[str, Any]:
        """As Locust can send it."""
        packed = {
            "recording": self.recording.to_bytes(),
            "disputed": as_json(self.disputed),
            "answers": self.answers.to_bytes(),
        }
        return {**vars(self), **packed}

    @staticmethod
    def unpacked(data: dict[str, Any]) -> "Report":
        """What ``packed`` made this of."""
        unpacked = {
            "recording": Recording.from_bytes(data["recording"]),
            "disputed": msgspec.json.decode(data["disputed"], type=tuple[Disputed, ...]),
            "answers": Answers.from_bytes(data["answers"]),
        }
        return Report(**{**data, **unpacked})


def new_environment() -> Environment:
    """Locust's environment, with the events that a locustfile registers its listeners with."""
    return Environment(events=locust.events)


def forget_statistics(environment: Environment) -> None:
    """Take Locust's own statistics off the request event: nobody reads them, and each request pays for them.

    To be called when the runner has put them there, and before a locustfile adds listeners of its user's.
    """
    environment.events.request._handlers.clear()  # noqa: SLF001  # they are closures of the runner's constructor


class LocustProcess:
    """Fits an environment to an assignment, and records what its users do.

    Args:
        environment: has a runner; its users are started from outside.
        own_classes: of the user's own locustfile; empty for the article's users.
        index: of this process among all that send.
    """

    def __init__(
        self, environment: Environment, assignment: Assignment, own_classes: list[type[User]], index: int
    ) -> None:
        job = assignment.job
        random.seed(f"{job.seed}/{index}")  # what Locust and a locustfile draw
        numbers = count()
        place = assignment.place * max(job.processes, job.remote_workers) + index

        def new_draw() -> random.Random:
            return random.Random(f"{job.seed}/{index}/{next(numbers)}")  # noqa: S311  # reproducible, not secret

        self._environment = environment
        self._recorder = Recorder(job.requests.is_right)
        self._cpu_s = 0.0
        classes = own_classes or [
            user_class(
                job.requests,
                assignment.target.host,
                assignment.users,
                new_draw,
                client=job.options.get("client", "fast"),
                paths=paths_of(job.requests, PathOrder(job.requests, job.order_seed).begin(place)),
            )
        ]
        environment.user_classes = [_fitted(c, assignment, self._recorder.on_event) for c in classes]
        environment.host = assignment.url
        environment.stop_timeout = assignment.give_up_s
        environment.events.request.add_listener(self._recorder.on_request)  # type: ignore[no-untyped-call]
        environment.events.init.fire(environment=environment, runner=environment.runner, web_ui=None)  # type: ignore[no-untyped-call]

    @property
    def users(self) -> int:
        """How many are there."""
        return len(self._environment.runner.user_greenlets) if self._environment.runner else 0

    def begin(self) -> None:
        """From now on requests are recorded."""
        self._cpu_s = time.process_time()
        self._recorder.begin()

    def end(self) -> Report:
        """Send no more, and wait for what is in flight."""
        self._recorder.end()
        if self._environment.runner is not None:
            locust.runners.Runner.stop(self._environment.runner)
        cpu_s = time.process_time() - self._cpu_s
        found = self._recorder
        disputed = tuple(found.disputed.values())
        return Report(found.recording(), found.drain_s(), cpu_s, found.completed, disputed, found.answers())

    def tally(self) -> Tally:
        """Requests since the last call."""
        return self._recorder.tally()


def _fitted(cls: type[User], assignment: Assignment, on_event: Callable[[str], None]) -> type[User]:
    """A subclass of the same name whose clients ask our target."""

    def init(self: User, environment: Environment) -> None:
        cls.__init__(self, environment)
        prepare(self, assignment.target, on_event)

    members: dict[str, Any] = {"__init__": init, "host": assignment.url, "__module__": cls.__module__}
    subclass: type[User] = types.new_class(cls.__name__, (cls,), exec_body=lambda space: space.update(members))
    return subclass
