"""One job shared among several processes, each a complete engine on one core."""

import os
from collections.abc import Sequence
from time import monotonic, process_time
from typing import TypeVar

import msgspec

from wsgibench.engines._native.commands import Commands
from wsgibench.engines._native.poller import Poller
from wsgibench.engines._native.sharing import merge_written, merged_done, merged_progress
from wsgibench.engines._native.worker import Say, Worker
from wsgibench.errors import EngineError
from wsgibench.model.engine import (
    EngineCommand,
    EngineEvent,
    EngineJob,
    Failed,
    Finish,
    LoadDone,
    Measuring,
    Progress,
    Ready,
    RunLoad,
    Written,
)

E = TypeVar("E", bound=EngineEvent)


class Coordinator:
    """Passes commands on to the workers, and says once what all of them have said.

    It speaks to them as the bench speaks to it: with the same records over pipes.
    """

    def __init__(self, job: EngineJob, workers: Sequence[Worker], poller: Poller, say: Say) -> None:
        self._job = job
        self._workers = workers
        self._poller = poller
        self._say = say
        self._said: dict[type[EngineEvent], dict[int, EngineEvent]] = {}
        self._is_written = False
        self._cpu_before = 0.0
        for number, worker in enumerate(workers):
            poller.watch(worker.events, lambda _mask, number=number: self._read(number))  # type: ignore[misc]

    def obey(self, commands: Commands) -> None:
        """Pass commands on until told to finish, then merge what was recorded.

        Raises:
            StdinClosed: see ``Commands``.
            EngineError: a worker failed.
        """
        while True:
            command = commands.next()
            self._cpu_before = process_time()
            begin_s = monotonic()
            for number, worker in enumerate(self._workers):
                worker.tell(self._part_of(command, number, begin_s))
            if isinstance(command, Finish):
                break
        while not self._is_written:
            self._poller.wait(float("inf"))

    def _part_of(self, command: EngineCommand, number: int, begin_s: float) -> EngineCommand:
        """What a worker is told: of what is typical it has its share, and all begin together."""
        if not isinstance(command, RunLoad):
            return command
        of = len(self._workers)
        return msgspec.structs.replace(
            command,
            typical=command.typical // of,
            begin_s=begin_s,
            load=command.load and command.load.share(number, of),
        )

    def _read(self, number: int) -> None:
        events = self._workers[number].read()
        if not events:
            # What is said last may be read of all before the end of one.
            if not self._is_written and number not in self._said.get(Written, {}):
                how = self._workers[number].how_it_ended()
                raise EngineError(f"Process {number + 1} of the native engine died: {how}.", "Its log says more.")
            self._poller.forget(self._workers[number].events)
        for event in events:
            if isinstance(event, Failed):
                raise EngineError(event.message, event.hint)
            said = self._said.setdefault(type(event), {})
            said[number] = event
            if len(said) == len(self._workers):
                del self._said[type(event)]
                self._say_merged([said[index] for index in range(len(self._workers))])

    def _say_merged(self, events: list[EngineEvent]) -> None:
        match events[0]:
            case Ready(version=version):
                self._say(Ready(pid=os.getpid(), version=f"{version}, {len(events)} processes"))
            case Measuring() as measuring:
                self._say(measuring)
            case Progress():
                self._say(merged_progress(_all(events, Progress)))
            case LoadDone():
                self._said.pop(Progress, None)  # some had a last one that others had not
                self._say(merged_done(_all(events, LoadDone), process_time() - self._cpu_before))
            case Written() as written:
                merge_written(self._job, written.files, written.answers)
                self._is_written = True
                self._say(written)


def _all(events: list[EngineEvent], kind: type[E]) -> list[E]:
    return [event for event in events if isinstance(event, kind)]
