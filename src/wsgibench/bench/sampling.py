"""Where the time of the candidates goes: all loaded once more, after the verdict, with a sampler at their side."""

import dataclasses
import itertools
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from wsgibench.bench.apparatus import Apparatus
from wsgibench.bench.engine_process import EngineProcess
from wsgibench.bench.listener import Noted, StageReached
from wsgibench.bench.run_context import RunContext
from wsgibench.bench.running_stack import RunningStack
from wsgibench.bench.started_again import started
from wsgibench.deploy.requirements import require_sampler
from wsgibench.errors import WsgibenchError
from wsgibench.model.engine import RunLoad
from wsgibench.model.load import Connections
from wsgibench.model.sampling import Function, Sampling, Samplings
from wsgibench.model.secrets import Secrets
from wsgibench.model.stack import Stack
from wsgibench.monitors import SAMPLED_S, asking_argv, calls_in, sampling_argv, sampling_of, why_not
from wsgibench.processes.child import Child
from wsgibench.processes.programs import output_of
from wsgibench.runs.folder import RunFolder

_ROUNDS = 4
_PIECE_S = 1.0
_LONGEST_S = 5.0 * SAMPLED_S
"""Until a sampler is given up, which has to read symbols first, and counts looks and not seconds."""
_PIECES_MOST = 1 + round(_LONGEST_S / _PIECE_S)
_LOAD = "sampled"
_ONE_AT_A_TIME = Connections(count=1)
"""What is ready to run and waits for a core counts as running: so as little as can be runs beside it, and an answer
that wakes the engine does not look as if it took long to be written."""
_MOST_BYTES = 32 << 20

_Round = tuple[Counter[tuple[Function, ...]], float]


def sample(context: RunContext, folder: RunFolder) -> None:
    """Keep where the time of each candidate goes, or why that cannot be seen; no run fails by it.

    Raises:
        RunFolderError: it cannot be written.
    """
    sampler = context.plan.sampler
    if sampler is None or not folder.finished():
        return
    context = _as_adapted(context, folder)
    stacks = context.plan.stacks
    found = {stack.label: Sampling(candidate=stack.label, missing="It was interrupted.") for stack in stacks}
    try:
        for group in [stacks] if context.plan.turn_s is not None else [[stack] for stack in stacks]:
            found |= {sampling.candidate: sampling for sampling in _sampled(context, group, sampler)}
    finally:
        # A run that goes on has nothing left to measure, and comes here no more.
        folder.write_samplings(Samplings(sampler=sampler, candidates=tuple(found.values())))
    for sampling in found.values():
        if sampling.missing:
            context.listener(Noted(sentence=f"{sampling.candidate} was not sampled. {sampling.missing}"))


def _as_adapted(context: RunContext, folder: RunFolder) -> RunContext:
    """With the plan by which it was measured in the end."""
    run = folder.read_run()
    cores = run.plan.cores or context.cores
    return dataclasses.replace(context, plan=run.plan, learned=run.learned_by_stack, cores=cores)


def _sampled(context: RunContext, stacks: Sequence[Stack], sampler: str) -> list[Sampling]:
    """Those that are up together, in rounds: what the machine does meanwhile, it does to all."""
    rounds: dict[str, list[_Round]] = {stack.label: [] for stack in stacks}
    missing = dict.fromkeys(rounds, "It did not start once more.")
    hidden = Secrets.of(context.plan).hidden
    try:
        program = require_sampler(sampler)
        with started(context, stacks) as up, _engine(context, up) as (apparatus, engine):
            for running_stack in up:
                missing.pop(running_stack.stack.label)
                running_stack.warm_up()
            for number in range(_ROUNDS):
                for running_stack in (each for each in up if each.stack.label not in missing):
                    context.listener(StageReached(name="sample", stack=running_stack.stack))
                    places = itertools.count(number * _PIECES_MOST)
                    found = _Sampler(context, apparatus, engine, program, places).round(running_stack)
                    if isinstance(found, str):
                        missing[running_stack.stack.label] = found
                    else:
                        rounds[running_stack.stack.label].append(found)
    except WsgibenchError as exc:
        missing |= dict.fromkeys(rounds, exc.message)
    return [
        Sampling(candidate=label, missing=hidden(missing[label]))
        if label in missing
        else sampling_of(label, rounds[label])
        for label in rounds
    ]


@contextmanager
def _engine(context: RunContext, up: Sequence[RunningStack]) -> Iterator[tuple[Apparatus, EngineProcess]]:
    apparatus = Apparatus(context, "sampling")
    try:
        engine = apparatus.start_engine(up, {_LOAD: _ONE_AT_A_TIME}, draw=_LOAD)
        engine.wait_ready()
        yield apparatus, engine
    finally:
        apparatus.end([])


@dataclasses.dataclass(frozen=True)
class _Sampler:
    """Samplers of a stack at a time, and the load meanwhile, which asks all stacks for the same in a round."""

    context: RunContext
    apparatus: Apparatus
    engine: EngineProcess
    program: str
    places: Iterator[int]

    def round(self, running_stack: RunningStack) -> _Round | str:
        """What was seen, and the requests/s meanwhile; or why nothing was.

        Raises:
            EngineError: there is no load.
        """
        output = self.apparatus.private / "sampled.json"
        output.unlink(missing_ok=True)
        argv = sampling_argv(self.program, running_stack.trees["server"][0], str(output))
        child = Child(argv, log=self.apparatus.private / f"sampler-{time.monotonic_ns()}.log")
        try:
            per_s = self._loaded_until_ended(child, running_stack.stack.label)
        finally:
            child.end()
        if not per_s:
            return "It answered nothing, or its sampler did not end."
        try:
            with output.open("rb") as file:
                data = file.read(_MOST_BYTES + 1)
            if len(data) > _MOST_BYTES:
                return "The sampler wrote more than seconds can hold."
            return calls_in(data, home=self.context.app_of(running_stack.stack).directory), per_s
        except OSError:
            asked = asking_argv(self.program, running_stack.trees["server"][0])
            return why_not(output_of(asked, timeout_s=_LONGEST_S)[1])
        except ValueError as exc:
            return f"What the sampler wrote makes no sense: {exc}."

    def _loaded_until_ended(self, child: Child, label: str) -> float:
        """Requests/s while the sampler looked; 0.0 where there are none, or it did not end."""
        completed, took_s, end_s = 0, 0.0, time.monotonic() + _LONGEST_S
        patience_s = self.context.plan.requests.timeout_s
        while child.exit_code is None and time.monotonic() < end_s:
            load = RunLoad(
                target=label, phase=_LOAD, duration_s=_PIECE_S, patience_s=patience_s, place=next(self.places)
            )
            done = self.engine.run(load, ramp_s=0.0, check=lambda: None)
            completed, took_s = completed + (done.completed or 0), took_s + done.duration_s
        return completed / took_s if took_s and child.exit_code is not None else 0.0
