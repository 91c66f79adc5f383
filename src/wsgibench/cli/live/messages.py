"""What the run and the process that serves its page say to each other, a JSON object a line."""

from wsgibench.cli.progress.snapshot import Snapshot
from wsgibench.model.record import Record

HOST = "127.0.0.1"
"""Nobody but this machine is served."""


class Job(Record, frozen=True, kw_only=True):
    """The first line to the child. Not on its command line, which other users of the machine can read.

    Attributes:
        folder: of the run.
        token: the part of the URL that nobody can guess: other users of the machine reach the port, too.
        cores: pinned to these; empty leaves it to the system.
    """

    folder: str
    port: int
    token: str
    cores: tuple[int, ...]


class News(Record, frozen=True, kw_only=True):
    """Every further line to the child, and from there to every viewer: how the run goes, and whether it is over."""

    snapshot: Snapshot
    over: bool = False


class Audience(Record, frozen=True, kw_only=True):
    """What the child says, first when it listens and then at every change: viewers now, and the most at once so far."""

    now: int
    most: int
