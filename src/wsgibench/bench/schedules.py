"""Who is loaded when: interleaved, or one after another."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Protocol

import msgspec

from wsgibench.bench.actions import Action
from wsgibench.bench.ladder import RUNGS_MOST, Ladder
from wsgibench.bench.running_trial import RunningTrial
from wsgibench.model.curve import Curve
from wsgibench.model.engine import RunLoad
from wsgibench.model.learned import Learned
from wsgibench.model.load import Load
from wsgibench.model.plan import Phase, Plan
from wsgibench.model.schedule import asks_too_much, loads_for, piece_of, rounds_of, rung_of, turn_of


@dataclass(frozen=True, kw_only=True)
class Round:
    """Once through all that are up, in one phase; ``number`` counts from 1.

    ``place`` is how many loads of the block whoever gets one has behind it, from 0: of rounds that were left out, too.
    """

    phase: Phase
    place: int
    number: int = 1
    rounds: int = 1
    counts: bool = True


class Schedule(Protocol):
    """The rounds of a block, and what each of those that are up gets in them.

    Attributes:
        in_turns: whether stacks share the time; else there is but one, and it is lost with its first process.
        actions: what is done meanwhile.
        places: how many loads one of those that are up gets at most.
    """

    in_turns: bool
    actions: Sequence[Action]
    places: int

    @property
    def loads(self) -> dict[str, Load]:
        """What the engine has to be able to make, by name."""

    def rounds(self) -> Iterator[Round]:
        """In their order."""

    def pieces(self, load_round: Round, up: Sequence[RunningTrial]) -> Iterator[tuple[RunningTrial, RunLoad]]:
        """Who gets what, in that order; who is to get nothing is left out."""


class Interleaved:
    """All are up, and the load goes round them in short turns, each round in a new order; unrecorded ones first."""

    in_turns = True

    def __init__(
        self,
        plan: Plan,
        learned: Mapping[str, Learned],
        *,
        block: int,
        actions: Sequence[Action] = (),
    ) -> None:
        self.actions = actions
        self._plan = plan
        self._learned = learned
        self._rounds = {phase.name: rounds_of(plan, phase) for phase in plan.phases}
        self.places = sum(rounds.warm + rounds.measured for rounds in self._rounds.values())
        self._draw = random.Random(f"{plan.seed}/{block}")  # noqa: S311  # an order, no secret

    @property
    def loads(self) -> dict[str, Load]:
        """Warm-ups are recorded apart from what counts."""
        return loads_for(self._plan)

    def rounds(self) -> Iterator[Round]:
        """Phase by phase, until every stack had its time."""
        places = count()
        for phase in self._plan.phases:
            rounds = self._rounds[phase.name]
            for number in range(rounds.warm + rounds.measured):
                yield Round(
                    phase=phase,
                    place=next(places),
                    number=number + 1,
                    rounds=rounds.warm + rounds.measured,
                    counts=number >= rounds.warm,
                )

    def pieces(self, load_round: Round, up: Sequence[RunningTrial]) -> Iterator[tuple[RunningTrial, RunLoad]]:
        """A turn for each that has not lost the phase already; no warm-up by what is known to be too much."""
        turn_s = self._rounds[load_round.phase.name].turn_s
        for trial in self._draw.sample(up, len(up)):
            learned = self._learned.get(trial.label)
            if load_round.phase.name in trial.lost or (
                not load_round.counts and asks_too_much(load_round.phase.load, learned)
            ):
                continue
            yield trial, turn_of(load_round.phase, trial.label, learned, turn_s=turn_s, warming=not load_round.counts)


class Sequential:
    """One is up, and each of its loads is one piece."""

    in_turns = False

    def __init__(self, plan: Plan, learned: Mapping[str, Learned], *, actions: Sequence[Action] = ()) -> None:
        self.actions = actions
        self.places = len(plan.phases)
        self._plan = plan
        self._learned = learned

    @property
    def loads(self) -> dict[str, Load]:
        """Those of the plan."""
        return loads_for(self._plan)

    def rounds(self) -> Iterator[Round]:
        """A phase each."""
        yield from (Round(phase=phase, place=place) for place, phase in enumerate(self._plan.phases))

    def pieces(self, load_round: Round, up: Sequence[RunningTrial]) -> Iterator[tuple[RunningTrial, RunLoad]]:
        """The whole phase."""
        for trial in up:
            yield trial, piece_of(load_round.phase, trial.label, self._learned.get(trial.label))


class WithCurves:
    """A schedule, and after it the curves: whatever rates are due of all that are up, in random order."""

    def __init__(
        self, before: Interleaved | Sequential, plan: Plan, learned: Mapping[str, Learned], curve: Curve, *, block: int
    ) -> None:
        """``before`` gives all else that the plan has."""
        known = _with_stand_ins(plan, learned)
        self.in_turns = before.in_turns
        self.actions = before.actions
        self.places = before.places + RUNGS_MOST
        self.loads = before.loads
        self._before = before
        self._learned = known
        self._curve = curve
        self._ladders = {label: Ladder(curve, each) for label, each in known.items()}
        self._draw = random.Random(f"{plan.seed}/{block}/curves")  # noqa: S311  # an order, no secret
        self._whose = ""
        self._measured: RunningTrial | None = None

    def rounds(self) -> Iterator[Round]:
        """Those of before, then one for each rate of each candidate, until its ladder is complete."""
        yield from self._before.rounds()
        while due := [(label, rung) for label, ladder in self._ladders.items() for rung in ladder.next()]:
            for label, rung in self._draw.sample(due, len(due)):
                if label in self._ladders:
                    self._whose, self._measured = label, None
                    yield Round(phase=rung, place=self._before.places + len(self._ladders[label].rungs), rounds=0)
                    self._take(label, rung)

    def pieces(self, load_round: Round, up: Sequence[RunningTrial]) -> Iterator[tuple[RunningTrial, RunLoad]]:
        """The rate, for the candidate whose it is, if that is still up."""
        if not self._whose:
            yield from self._before.pieces(load_round, up)
            return
        for trial in up:
            if trial.label == self._whose:
                self._measured = trial
                yield trial, rung_of(load_round.phase, trial.label, self._learned[trial.label], self._curve)

    def _take(self, label: str, rung: Phase) -> None:
        """What came of a rate; who has left the block has no curve any more."""
        if self._measured is None:
            del self._ladders[label]
            return
        self._measured.outcome.rungs.append(rung)
        self._ladders[label].add(rung, self._measured.outcome.pieces[-1])


def _with_stand_ins(plan: Plan, learned: Mapping[str, Learned]) -> dict[str, Learned]:
    """What is known of each stack; of one that failed in the first look, what the slowest other one bears.

    Its ladder finds its way from there, and its curve is measured as soon as it is up.
    """
    if not learned:
        return {}
    slowest = min(learned.values(), key=lambda each: each.bears_per_s)
    return {
        stack.label: learned.get(stack.label) or msgspec.structs.replace(slowest, stack=stack.label)
        for stack in plan.stacks
    }


def schedule_of(plan: Plan, learned: Mapping[str, Learned], *, block: int, actions: Sequence[Action] = ()) -> Schedule:
    """That of a block of the plan."""
    loads: Interleaved | Sequential
    if plan.turn_s is None:
        loads = Sequential(plan, learned, actions=actions)
    else:
        loads = Interleaved(plan, learned, block=block, actions=actions)
    return loads if plan.curve is None else WithCurves(loads, plan, learned, plan.curve, block=block)
