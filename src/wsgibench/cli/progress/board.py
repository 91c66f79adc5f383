"""What is known of the run that goes on."""

import math
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from wsgibench.analysis.capacities import Capacity
from wsgibench.analysis.readable import capacity_in
from wsgibench.analysis.verdict.interim import Look
from wsgibench.analysis.verdict.rankings import bound_in_words
from wsgibench.bench.ladder import planned_s
from wsgibench.bench.listener import (
    BlocksAdded,
    Event,
    Noted,
    PlanAdapted,
    RunBegan,
    StageReached,
    TrialBegan,
    TurnBegan,
)
from wsgibench.cli.progress.remaining import Remaining
from wsgibench.cli.progress.sentences import Reasons, how_to_start, in_words, second, settled
from wsgibench.cli.progress.snapshot import Row, Snapshot, SoFar
from wsgibench.model.curve import CURVE
from wsgibench.model.engine import LoadDone, Progress, Waiting
from wsgibench.model.learned import Learned
from wsgibench.model.plan import Plan
from wsgibench.model.stack import Stack
from wsgibench.model.trial import PhaseFigures, Trial
from wsgibench.report.adaptation import adaptations
from wsgibench.stats.curves import Censoring, Crossing

_ALL = "all stacks"


class Board:
    """Keeps what the bench says, for threads that show it.

    One thread writes and others read, without a lock: each attribute is replaced whole, so that a reader sees it as
    it was or as it is. No writer ever waits for a reader.

    Attributes:
        notes: sentences that are worth keeping, the oldest first.
    """

    def __init__(self) -> None:
        self.notes: tuple[str, ...] = ()
        self._reasons = Reasons()
        self._remaining: Remaining | None = None
        self._stacks: dict[str, _StackSoFar] = {}
        self._phases: tuple[str, ...] = ()
        self._plan: Plan | None = None
        self._block = self._blocks = self._trials = self._ended = 0
        self._at_hand = self._doing = self._settled = ""
        self._in_turns = self._under_load = False
        self._heard_s = time.monotonic()

    def hear(self, event: Event) -> None:  # noqa: C901  # a case each
        """See ``Listener``."""
        match event:
            case RunBegan():
                self.begin_run(event.plan, folder=event.folder, trials=event.trials, finished=event.finished)
            case BlocksAdded():
                self.extend(event.blocks, trials=event.trials)
            case PlanAdapted():
                self.adapt(event.plan, event.learned, trials=event.trials)
            case TrialBegan():
                self.begin_trial(event.stack, block=event.block)
            case StageReached():
                self.stage(event.name, event.stack)
            case TurnBegan():
                self.begin_turn(event.stack, phase=event.phase, number=event.number, rounds=event.rounds)
            case Noted():
                self.note(event.sentence)
            case Waiting():
                self.note(how_to_start(event))
            case Progress():
                self.progress(event)
            case LoadDone():
                self.end_turn(event)
            case Trial():
                self.end_trial(event)
            case Look():
                self._settled = settled(event)

    def note(self, sentence: str) -> None:
        """Keep a sentence."""
        self.notes += (sentence,)

    def snapshot(self) -> Snapshot | None:
        """What is known now; None before the run has begun."""
        remaining = self._remaining
        if remaining is None:
            return None
        return Snapshot(
            block=self._block,
            blocks=self._blocks,
            ended=self._ended,
            trials=self._trials,
            elapsed_s=remaining.elapsed_s,
            left_s=remaining.seconds(),
            under_load=self._under_load,
            doing=self._doing,
            settled=self._settled,
            phases=self._phases,
            rows=tuple(stack.row(self._at_hand, self._phases) for stack in self._stacks.values()),
        )

    def begin_run(self, plan: Plan, *, folder: str, trials: int, finished: tuple[Trial, ...]) -> None:
        """All stacks, with what an interrupted run already knows."""
        self._stacks = {stack.label: _StackSoFar(stack.label) for stack in plan.stacks}
        self._phases = (*(phase.name for phase in plan.phases), *((CURVE,) if plan.curve else ()))
        self._plan = plan
        self._blocks, self._trials, self._ended = plan.blocks, trials, len(finished)
        self._in_turns = plan.turn_s is not None
        for trial in finished:
            self._stacks[trial.stack.label].end(trial, self._capacity(trial))
            self._block = max(self._block, trial.block)
        self.note(folder)
        self._remaining = Remaining(plan, trials - len(finished))

    def adapt(self, plan: Plan, learned: Sequence[Learned], *, trials: int) -> None:
        """All is to be done by another plan, what was done by the last one too; why is worth keeping."""
        self._plan = plan
        self._blocks, self._trials, self._ended = plan.blocks, trials, 0
        self._stacks = {label: _StackSoFar(label) for label in self._stacks}
        self._in_turns = plan.turn_s is not None
        self.notes += tuple(adaptations(plan, learned))
        curves_s = [planned_s(plan.curve, each) for each in learned] if plan.curve else [0.0]
        self._remaining = Remaining(plan, trials, began=self._remaining, curve_s=sum(curves_s) / len(curves_s))

    def extend(self, blocks: int, *, trials: int) -> None:
        """There are more of both."""
        if self._remaining is not None:
            self._remaining.add(trials - self._trials)
        self._blocks, self._trials = blocks, trials

    def begin_trial(self, stack: Stack, *, block: int) -> None:
        """The stack is at hand."""
        if block != self._block:
            for other in self._stacks.values():
                other.now = ""
        self._block, self._at_hand = block, stack.label

    def stage(self, name: str, stack: Stack | None) -> None:
        """Of one stack, or of all that are up."""
        self._at_hand = stack.label if stack else ""
        self._doing = f"{name} {self._at_hand or _ALL}"
        self._under_load = name == "measure"
        if stack:
            self._stacks[stack.label].now = name

    def begin_turn(self, stack: Stack, *, phase: str, number: int, rounds: int) -> None:
        """The stack is at hand."""
        self._at_hand = stack.label
        self._doing = f"{phase}: round {number} of {rounds}" if rounds else f"{phase}/s"

    def end_turn(self, done: LoadDone) -> None:
        """Its figure counts for the trial at hand, if it was recorded."""
        good = done.outcomes.get("ok", 0) if done.completed is None else done.completed
        stack = self._stacks[done.target]
        stack.now = f"{good / done.duration_s:,.0f}/s" if done.duration_s else ""
        if done.phase in self._phases:
            stack.add(done.phase, good, done.duration_s)

    def progress(self, progress: Progress) -> None:
        """The last second or so of a long load; in turns the figure at the end of the turn counts."""
        stack = self._stacks[progress.target]
        stack.now = second(progress)
        before_s, self._heard_s = self._heard_s, time.monotonic()
        if self._in_turns:
            return
        self._doing = progress.phase if progress.measuring else f"{progress.phase}, warm-up"
        if progress.measuring:
            stack.add(progress.phase, progress.requests - progress.failures, self._heard_s - before_s)

    def end_trial(self, trial: Trial) -> None:
        """Its figures, and why they do not count."""
        self._ended += 1
        self._stacks[trial.stack.label].end(trial, self._capacity(trial))
        self.notes += tuple(self._reasons.of(trial))
        if self._remaining:
            self._remaining.end()

    def bears(self, trial: Trial) -> str:
        """The trial's capacity in words; empty where it has none."""
        found = self._capacity(trial)
        return "" if found is None else f"bears {in_words(found)}"

    def _capacity(self, trial: Trial) -> Capacity | None:
        return capacity_in(self._plan, trial) if self._plan and trial.rungs else None


@dataclass
class _StackSoFar:
    """One stack: the figures of its trials that count, and requests and seconds by phase of the one at hand."""

    label: str
    now: str = ""
    done: int = 0
    counting: tuple[dict[str, PhaseFigures], ...] = ()
    running: dict[str, tuple[int, float]] = field(default_factory=dict)
    capacities: tuple[Crossing, ...] = ()

    def add(self, phase: str, good: int, duration_s: float) -> None:
        requests, seconds = self.running.get(phase, (0, 0.0))
        self.running = self.running | {phase: (requests + good, seconds + duration_s)}

    def end(self, trial: Trial, capacity: Capacity | None) -> None:
        self.done += 1
        self.running = {}
        self.now = "" if trial.counts else "does not count"
        if trial.counts:
            self.counting += (trial.phases,)
            self.capacities += (capacity.crossing,) if capacity else ()

    def row(self, at_hand: str, phases: tuple[str, ...]) -> Row:
        return Row(
            stack=self.label,
            done=self.done,
            counted=len(self.counting),
            now=self.now,
            at_hand=self.label == at_hand,
            phases={phase: self._so_far(phase) for phase in phases},
        )

    def _so_far(self, phase: str) -> SoFar:
        if phase == CURVE:
            less, more = (
                sum(each.censoring is kind for each in self.capacities)
                for kind in (Censoring.LESS_THAN, Censoring.AT_LEAST)
            )
            mean_per_s = _mean(each.rate_per_s for each in self.capacities)
            return SoFar(requests_per_s=mean_per_s, bound=bound_in_words(less, more))
        found = [trial[phase] for trial in self.counting if phase in trial]
        if not found:
            requests, seconds = self.running.get(phase, (0, 0.0))
            return SoFar(requests_per_s=requests / seconds if seconds else None)
        return SoFar(
            requests_per_s=_mean(figures.requests_per_s for figures in found),
            p50_s=_mean(figures.p50_s for figures in found if "p50" not in figures.few_beyond),
            p99_s=_mean(figures.p99_s for figures in found if "p99" not in figures.few_beyond),
        )


def _mean(values: Iterable[float | None]) -> float | None:
    """The geometric mean of those that are there."""
    logarithms = [math.log(value) for value in values if value]
    return math.exp(sum(logarithms) / len(logarithms)) if logarithms else None
