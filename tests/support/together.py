"""Tests of several processes at once, of which some have the machine for themselves."""

import fcntl
from pathlib import Path


class Together:
    """A room for tests: those that see each other there are those with the same directory.

    Whoever waits to be alone keeps the door shut meanwhile: else the others would go in and out for ever.
    """

    def __init__(self, directory: Path) -> None:
        """The directory exists."""
        self._door, self._room = ((directory / name).open("a") for name in ("door", "room"))
        self._is_alone = False

    def enter(self, *, alone: bool) -> None:
        """Wait until no test runs that is to be alone; ``alone``, until none runs at all. Who is alone stays so."""
        if self._is_alone:
            return
        # Out first: who is at the door may wait for this one to leave.
        fcntl.flock(self._room, fcntl.LOCK_UN)
        fcntl.flock(self._door, fcntl.LOCK_EX)
        fcntl.flock(self._room, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        fcntl.flock(self._door, fcntl.LOCK_UN)
        self._is_alone = alone

    def leave(self) -> None:
        """Let others in."""
        # Not by closing it: a child may have the file open, too.
        fcntl.flock(self._room, fcntl.LOCK_UN)
        self._is_alone = False

    def close(self) -> None:
        """Leave for good."""
        self.leave()
        self._door.close()
        self._room.close()
