"""What did not count, and why."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from wsgibench.model.run import FinishedRun
from wsgibench.model.secrets import Secrets
from wsgibench.model.trial import Trial
from wsgibench.report.causes import alike, later_ones, whose
from wsgibench.report.wording import listed

LISTED_MAX = 60
"""Reasons that are shown in full."""
_BLOCKS_MAX = 6
_TEXT_MAX = 4_000
"""Characters of what a failed trial's processes said."""


@dataclass(frozen=True)
class Reason:
    """A gate that was not passed, or ``failed`` with what the trial said."""

    name: str
    phase: str
    cause: str
    advice: str


@dataclass(frozen=True)
class Discounted:
    """A trial that does not count."""

    number: int
    block: int
    stack: str
    folder: str
    reasons: tuple[Reason, ...]


def discounted(run: FinishedRun, secrets: Secrets) -> list[Discounted]:
    """The trials that do not count, by number."""
    return [
        Discounted(trial.number, trial.block, trial.stack.label, trial.folder, tuple(_reasons(trial, secrets)))
        for trial in run.trials
        if not trial.counts
    ]


@dataclass(frozen=True)
class Repeated:
    """A reason, and the trials that had it, of one stack, or of several if it is the machine's: which, and when."""

    which: str
    blocks: str
    reason: Reason


def repeated(trials: Sequence[Discounted]) -> list[Repeated]:
    """Each reason once for each stack, or once for all where it is the machine's; in the words of the first trial."""
    found: dict[tuple[str, ...], list[tuple[Discounted, Reason]]] = {}
    for trial in trials:
        for reason in trial.reasons:
            key = (whose(trial.stack, reason.name), reason.name, reason.phase, alike(reason.cause))
            found.setdefault(key, []).append((trial, reason))
    return [_repeated(cases) for cases in found.values()]


def _repeated(cases: Sequence[tuple[Discounted, Reason]]) -> Repeated:
    first, reason = cases[0]
    which = f"{first.folder}{later_ones([trial.stack for trial, _ in cases])}"
    return Repeated(which, _blocks(sorted({trial.block for trial, _ in cases})), reason)


def _blocks(numbers: Sequence[int]) -> str:
    """``1``, ``2, 5``, ``1 to 6``; of many that lie apart the first ones."""
    if len(numbers) > 2 and numbers[-1] - numbers[0] == len(numbers) - 1:
        return f"{numbers[0]} to {numbers[-1]}"
    return ", ".join(map(str, numbers[:_BLOCKS_MAX])) + (" ..." if len(numbers) > _BLOCKS_MAX else "")


@dataclass(frozen=True)
class Wrong:
    """The first body of a stack that others contradicted, beside theirs."""

    folder: str
    path: str
    wrong: str
    right: str
    agreeing: str


def wrong_bodies(run: FinishedRun, secrets: Secrets) -> list[Wrong]:
    """One for each stack that had any, by trial."""
    found: dict[str, Wrong] = {}
    for trial in run.trials:
        wrong = trial.bodies and (trial.bodies.wrong[:1] or (trial.bodies.split,))[0]
        if wrong:
            path, said, right = (secrets.hidden(text) or "(nothing)" for text in (wrong.path, wrong.wrong, wrong.right))
            agreeing = listed(wrong.agreeing or ("others",))
            found.setdefault(trial.stack.label, Wrong(trial.folder, path, said, right, agreeing))
    return list(found.values())[:LISTED_MAX]


def gate_names(run: FinishedRun) -> list[str]:
    """Every gate that a trial of the run went through, in order."""
    return list(dict.fromkeys(gate.name for trial in run.trials for gate in trial.gates))


def _reasons(trial: Trial, secrets: Secrets) -> Iterator[Reason]:
    failed = [gate for gate in trial.gates if not gate.passed]
    error = (trial.error or "No reason is known.").strip()
    # A gate may have said all of it.
    if trial.status != "done" and error not in {f"{gate.cause}\n{gate.advice}".strip() for gate in failed}:
        yield Reason("failed", "", secrets.hidden(error)[-_TEXT_MAX:], "")
    for gate in failed:
        yield Reason(gate.name, gate.phase or "", secrets.hidden(gate.cause), secrets.hidden(gate.advice))
