"""Why no trial counts: a line for each gate that failed, with what was seen and what to do."""

from collections.abc import Sequence
from dataclasses import dataclass

from wsgibench.report.page.gates import Discounted
from wsgibench.report.wording import listed
from wsgibench.units import counted

SHOWN_MAX = 3
"""Gates for which the first screen has room."""
_NAMED_MAX = 3
_TEXT_MAX = 220


@dataclass(frozen=True)
class WhyNothing:
    """A gate, or ``failed``.

    Attributes:
        where: how many trials, and of which stacks.
        cause: the first one's, in a line.
        advice: what to do; empty where nobody knows.
    """

    name: str
    where: str
    cause: str
    advice: str


def why_nothing(discounted: Sequence[Discounted]) -> list[WhyNothing]:
    """The gates that failed, the one that failed most trials first."""
    found: dict[str, list[tuple[Discounted, str, str]]] = {}
    for trial in discounted:
        # What a trial failed of is told better by its gate, where one saw it.
        for reason in [each for each in trial.reasons if each.name != "failed"] or trial.reasons:
            found.setdefault(reason.name, []).append((trial, reason.cause, reason.advice))
    return sorted((_why(name, cases) for name, cases in found.items()), key=lambda each: -len(found[each.name]))


def _why(name: str, cases: Sequence[tuple[Discounted, str, str]]) -> WhyNothing:
    stacks = list(dict.fromkeys(trial.stack for trial, _, _ in cases))
    trials = {trial.number for trial, _, _ in cases}
    names = listed(stacks) if len(stacks) <= _NAMED_MAX else counted(len(stacks), "stack")
    advice = next((advice for _, _, advice in cases if advice), "")
    return WhyNothing(name, f"{counted(len(trials), 'trial')} of {names}", _line(cases[0][1]), _line(advice))


def _line(text: str) -> str:
    """Its first line, or as much of that as one reads."""
    first = next(iter(text.strip().splitlines()), "")
    return first if len(first) <= _TEXT_MAX else f"{first[:_TEXT_MAX].rstrip()} ..."
