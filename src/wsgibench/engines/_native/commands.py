"""What the bench says, line by line on stdin."""

import os
from collections import deque

import msgspec

from wsgibench.engines._native.poller import Poller
from wsgibench.model.engine import EngineCommand


class StdinClosed(Exception):  # noqa: N818 - not an error: the way in which an engine learns that nobody is left
    """Nobody will read what this process finds."""


class Commands:
    """Commands in the order in which they came."""

    def __init__(self, fd: int, poller: Poller) -> None:
        self._fd = fd
        self._poller = poller
        self._rest = b""
        self._waiting: deque[EngineCommand] = deque()
        self._decoder = msgspec.json.Decoder(EngineCommand)
        poller.watch(fd, self._on_event)

    def next(self) -> EngineCommand:
        """The next command, waited for.

        Raises:
            StdinClosed: none will come; also out of any other wait on the poller.
            msgspec.DecodeError: what came is no command.
        """
        while not self._waiting:
            self._poller.wait(float("inf"))
        return self._waiting.popleft()

    def _on_event(self, _mask: int) -> None:
        data = os.read(self._fd, 65536)
        if not data:
            raise StdinClosed
        *lines, self._rest = (self._rest + data).split(b"\n")
        self._waiting.extend(self._decoder.decode(line) for line in lines if line.strip())
