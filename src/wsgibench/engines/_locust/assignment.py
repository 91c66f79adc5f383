"""What one process is to do: the part of a job that a ``RunLoad`` chooses, checked for what Locust can do."""

import sys
from pathlib import Path

from locust import User
from locust.util.load_locustfile import load_locustfile

from wsgibench.errors import EngineError
from wsgibench.model.address import Tcp
from wsgibench.model.engine import EngineJob, RunLoad, Target
from wsgibench.model.load import WORD, Users
from wsgibench.model.record import Record


class Assignment(Record, frozen=True, kw_only=True):
    """A load on a target, the place of what it asks, and the text of the user's own locustfile where there is one."""

    job: EngineJob
    target: Target
    users: Users
    place: int = 0
    locustfile: str | None = None

    @property
    def url(self) -> str:
        """The base of all addresses."""
        return f"{'https' if self.target.tls else 'http'}://{self.target.address}"

    @property
    def give_up_s(self) -> float:
        """How long the requests in flight at the end may take."""
        return self.job.requests.timeout_s + 1


def check(job: EngineJob) -> None:
    """Whether this engine can do the job.

    Raises:
        EngineError: it cannot.
    """
    client = job.options.get("client", "fast")
    if client not in {"fast", "http"}:
        raise EngineError(f"Locust has no client '{client}'.", "Choose 'fast' or 'http'.")
    for target in job.targets:
        if not isinstance(target.address, Tcp):
            raise EngineError(
                f"Locust cannot reach '{target.name}' at {target.address}: it knows no unix sockets.",
                "Bind the stack to a TCP port, or use the engine 'native'.",
            )
    for name, load in job.phases.items():
        if not isinstance(load, Users):
            raise EngineError(
                f"Locust cannot make the load of the phase '{name}': it only has users.",
                "Give --users, or use the engine 'native' for --rate and --connections.",
            )
    for path in job.requests.paths:
        if WORD in path and not job.requests.words:
            raise EngineError(f"The path '{path}' asks for words, and there are none.", "Give some, or another path.")
    if job.remote_workers and job.processes > 1:
        raise EngineError(
            f"Locust cannot have {job.processes} processes here and {job.remote_workers} workers elsewhere.",
            "With workers elsewhere, theirs is the whole load: leave the number of processes at 1.",
        )


def read_locustfile(job: EngineJob) -> str | None:
    """The text of the user's own locustfile; None where he has none.

    Raises:
        EngineError: it cannot be read.
    """
    path = job.options.get("locustfile")
    if path is None:
        return None
    try:
        return Path(path).read_text()
    except (OSError, UnicodeDecodeError) as exc:
        raise EngineError(f"The locustfile '{path}' cannot be read: {exc}.") from exc


def own_classes(job: EngineJob) -> list[type[User]]:
    """The user classes of the user's own locustfile, on the machine where it is; empty where he has none.

    Raises:
        EngineError: it cannot be imported, or has none.
    """
    path = job.options.get("locustfile")
    return import_locustfile(Path(path)) if path else []


def import_locustfile(path: Path) -> list[type[User]]:
    """The user classes in a locustfile.

    Raises:
        EngineError: it cannot be imported, or has none.
    """
    try:
        classes, _ = load_locustfile(str(path.resolve()))
    except (Exception, SystemExit) as exc:
        raise EngineError(
            f"The locustfile '{path}' cannot be imported: {type(exc).__name__}: {exc}.",
            f"Try it alone: {Path(sys.executable).name} {path}",
        ) from exc
    if not classes:
        raise EngineError(
            f"The locustfile '{path}' has no user class.",
            "Define a class derived from locust.HttpUser or locust.FastHttpUser in it.",
        )
    return list(classes.values())


def assign(job: EngineJob, command: RunLoad, locustfile: str | None) -> Assignment:
    """The part of the job that the command chooses.

    Raises:
        EngineError: the job has no such target or phase.
    """
    target = next((t for t in job.targets if t.name == command.target), None)
    users = job.phases.get(command.phase)
    if target is None or not isinstance(users, Users):
        raise EngineError(f"The job has no target '{command.target}' with a phase '{command.phase}'.")
    return Assignment(job=job, target=target, users=users, place=command.place, locustfile=locustfile)
