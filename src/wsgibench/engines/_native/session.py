"""One engine process at work: obeys commands until it is told to finish."""

import gc
import math
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from wsgibench.engines._native.bodies import Bodies, FirstBodies
from wsgibench.engines._native.commands import Commands
from wsgibench.engines._native.load_run import LoadRun
from wsgibench.engines._native.load_window import LoadWindow
from wsgibench.engines._native.phase_state import PhaseState
from wsgibench.engines._native.poller import Poller
from wsgibench.engines._native.pool import Pool
from wsgibench.engines._paths import PathOrder
from wsgibench.errors import EngineError
from wsgibench.model.engine import ANSWERS_FILE, EngineEvent, EngineJob, RunLoad, Written

_COLLECT_S = 1.0

Say = Callable[[EngineEvent], None]


class Session:
    """Holds the pools and phases of a job."""

    def __init__(self, job: EngineJob, poller: Poller, say: Say) -> None:
        self._job = job
        self._poller = poller
        self._say = say
        self._targets = {target.name: target for target in job.targets}
        groups = {target.alike for target in job.targets}
        first = {alike: FirstBodies(len(job.targets), len(groups)) for alike in groups}
        self._pools = {
            target.name: Pool(target, job.requests, poller, Bodies(first[target.alike])) for target in job.targets
        }
        self._order = PathOrder(job.requests, job.order_seed)
        self._phases: dict[tuple[str, str], PhaseState] = {}
        self._collected_at = -math.inf

    def obey(self, commands: Commands) -> None:
        """Run loads until told to finish, then write what was recorded.

        Raises:
            StdinClosed: see ``Commands``.
            EngineError: a command cannot be obeyed.
        """
        # What exists by now stays; looking through it for garbage again and again would only hold up sending.
        gc.collect()
        gc.freeze()
        gc.disable()
        while isinstance(command := commands.next(), RunLoad):
            self._run(command)
        self._say(Written(files=tuple(self._write()), answers=tuple(self._write_answers())))

    def close(self) -> None:
        for pool in self._pools.values():
            pool.close()

    def _run(self, command: RunLoad) -> None:
        phase = self._phase(command)
        pool = self._pools[command.target]
        pool.count_in(phase.tally)
        window = LoadWindow.of(phase.load, command)
        LoadRun(command, window, phase.begin(window, pool, command), pool, self._say).run(self._poller)
        if window.begin - self._collected_at > _COLLECT_S:
            self._collected_at = window.begin
            gc.collect()

    def _phase(self, command: RunLoad) -> PhaseState:
        key = (command.target, command.phase)
        if key not in self._phases:
            load = command.load or self._job.phases.get(command.phase)
            if command.target not in self._targets or load is None:
                raise EngineError(f"The job has no target '{command.target}' with a phase '{command.phase}'.")
            target, number = self._targets[command.target], self._number(command.phase)
            self._phases[key] = PhaseState(self._job, target, load, number, self._order)
        return self._phases[key]

    def _number(self, phase: str) -> int:
        """Of the job's phases their place; of others a number that follows from the name."""
        names = list(self._job.phases)
        return names.index(phase) if phase in names else len(names) + zlib.crc32(phase.encode())

    def _write(self) -> Iterator[str]:
        for (target, name), phase in self._phases.items():
            path = Path(self._job.directory, target, f"{name}.npz")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(phase.tally.recording().to_bytes())
            yield f"{target}/{name}.npz"

    def _write_answers(self) -> Iterator[str]:
        for target in dict.fromkeys(target for target, _ in self._phases):
            path = Path(self._job.directory, target, ANSWERS_FILE)
            path.write_bytes(self._pools[target].bodies.answers().to_bytes())
            yield f"{target}/{ANSWERS_FILE}"
