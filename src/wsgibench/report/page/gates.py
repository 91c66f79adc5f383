"""What did not count, and why."""

from collections.abc import Iterator
from dataclasses import dataclass

from wsgibench.model.run import FinishedRun
from wsgibench.model.trial import Trial
from wsgibench.report.page.secrets import Secrets

LISTED_MAX = 60
"""Trials that are shown in full."""
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


def gate_names(run: FinishedRun) -> list[str]:
    """Every gate that a trial of the run went through, in order."""
    return list(dict.fromkeys(gate.name for trial in run.trials for gate in trial.gates))


def _reasons(trial: Trial, secrets: Secrets) -> Iterator[Reason]:
    if trial.status != "done":
        said = secrets.hidden((trial.error or "No reason is known.").strip())
        yield Reason("failed", "", said[-_TEXT_MAX:], "")
    for gate in trial.gates:
        if not gate.passed:
            yield Reason(gate.name, gate.phase or "", secrets.hidden(gate.cause), secrets.hidden(gate.advice))
