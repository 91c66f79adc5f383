"""The engine's side of the talk with the bench: events out, commands in, and the end when nobody listens."""

import os

import gevent
import gevent.os
import gevent.queue
import msgspec

from wsgibench.as_json import as_json
from wsgibench.model.engine import EngineCommand, EngineEvent


class Conversation:
    """Takes the process's stdin and stdout for itself: what a locustfile prints goes to stderr.

    Stdin is read in a native thread of gevent's: it may be a terminal or a file, which cannot be polled. When it ends,
    so does the process, at once: the one that wanted the load is gone.
    """

    def __init__(self) -> None:
        self._out = os.dup(1)
        os.dup2(2, 1)
        self._commands: gevent.queue.Queue[EngineCommand] = gevent.queue.Queue()

    def listen(self) -> None:
        """Start to read commands."""
        gevent.spawn(self._read)

    def say(self, event: EngineEvent) -> None:
        """Write one line. A closed pipe ends the process."""
        line = as_json(event) + b"\n"
        try:
            while line:
                line = line[os.write(self._out, line) :]
        except BrokenPipeError:
            os._exit(1)

    def next_command(self) -> EngineCommand:
        """Wait for the next command."""
        command: EngineCommand = self._commands.get()
        return command

    def _read(self) -> None:
        decoder = msgspec.json.Decoder(EngineCommand)
        rest = b""
        while data := gevent.os.tp_read(0, 65536):
            *lines, rest = (rest + data).split(b"\n")
            for line in filter(None, lines):
                self._commands.put(decoder.decode(line))
        os._exit(1)
