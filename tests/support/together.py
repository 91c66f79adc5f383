"""Tests of several processes at once, of which some have the machine for themselves."""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def together(directory: Path, *, alone: bool) -> Iterator[Callable[[], None]]:
    """Wait until no test runs that is to be alone; ``alone``, until none runs at all. They see each other there.

    What is given waits to be alone from then on. Whoever waits for that keeps the door shut meanwhile: else the others
    would go in and out for ever.
    """
    with (directory / "door").open("a") as door, (directory / "room").open("a") as room:

        def enter(*, alone: bool) -> None:
            # Out first: who is at the door may wait for this one to leave.
            fcntl.flock(room, fcntl.LOCK_UN)
            fcntl.flock(door, fcntl.LOCK_EX)
            fcntl.flock(room, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
            fcntl.flock(door, fcntl.LOCK_UN)

        enter(alone=alone)
        try:
            yield lambda: enter(alone=True)
        finally:
            # Not by closing it: a child may have the file open, too.
            fcntl.flock(room, fcntl.LOCK_UN)
