"""What is said of runs beside the tables."""

from wsgibench.model.comparison import Change, Difference, ObjectiveChange, RunChange, RunComparison, Shift
from wsgibench.model.objective import OBJECTIVES
from wsgibench.model.verdict import Outcome
from wsgibench.report.conclusions.quantities import percent, significant
from wsgibench.report.wording import listed
from wsgibench.units import counted

_NARROW = 0.02
"""Of an interval so wide, whole percents would hide both ends."""


def moved(found: Change, *, times: bool) -> str:
    """``-8 % [-9, -7]``, or in times ``3.20 times [2.90, 3.50]``; ``-`` where nothing is known."""
    if found.ratio is None:
        return "-"
    ends = [found.low, found.high] if found.low is not None and found.high is not None else []
    ratios = [found.ratio, *ends]
    if times:
        values, unit = [significant(ratio) for ratio in ratios], "times"
    else:
        narrow = bool(ends) and ends[1] - ends[0] < _NARROW
        values, unit = [_signed(ratio, narrow=narrow) for ratio in ratios], "%"
    interval = f" [{', '.join(values[1:])}]" if ends else ""
    return f"{values[0]} {unit}{interval}"


def is_far(found: Change) -> bool:
    """Whether it reaches beyond a factor of two, where percent are hard to read."""
    ratios = [ratio for ratio in (found.ratio, found.low, found.high) if ratio is not None]
    return bool(ratios) and (max(ratios) >= 2 or min(ratios) <= 0.5)


def unlike_in_words(comparison: RunComparison) -> str:
    """The warning, where ``--anyway`` overrode something; else empty."""
    found = [
        f"{other.run.folder} ({'; '.join(_grouped(difference) for difference in other.unlike)})"
        for other in comparison.others
        if other.unlike
    ]
    if not found:
        return ""
    verb = "is" if len(found) == 1 else "are"
    return (
        f"Compared anyway: {listed(found)} {verb} unlike {comparison.base.folder} in what matters, "
        "so that figures mean different things."
    )


def notes(comparison: RunComparison, other: RunChange) -> list[str]:
    """Sentences about how the two runs were held against one another."""
    base, run = comparison.base.folder, other.run.folder
    found = [
        f"Only in {folder}: {listed(list(stacks))}."
        for folder, stacks in ((base, other.only_before), (run, other.only_after))
        if stacks
    ]
    if other.left_out:
        nouns = listed([OBJECTIVES[name].noun for name in other.left_out])
        found.append(
            f"Not compared: {nouns}. Each run found a rate of its own, and the two are far apart; the same --rate for "
            "both makes up for that."
        )
    if other.overlapping:
        found.append("Both ran at the same time on one machine, and took it from one another.")
    if other.controls:
        names = listed(list(other.controls))
        verb = "is the control" if len(other.controls) == 1 else "are the controls"
        found.append(f"Nothing is known to have changed about {names}, which {verb} for the others.")
    if other.paired_blocks:
        found.append(f"Their blocks took turns, and are compared in {counted(other.paired_blocks, 'pair')}.")
    else:
        found.append(
            "They were not measured by turns, so they are compared unpaired: what the machine did otherwise from one "
            "run to the next is part of every change."
        )
    return found


def outcomes_in_words(found: ObjectiveChange, margin: float) -> str:
    """Who is better, worse, tied, undecided: ``Better: a and b. Undecided: c.``."""
    names = {
        Outcome.BETTER: "Better",
        Outcome.WORSE: "Worse",
        Outcome.TIED: f"Tied, at most {percent(margin)} apart",
        Outcome.UNDECIDED: "Undecided",
    }
    clauses = []
    for outcome, name in names.items():
        stacks = [each.stack for each in found.stacks if each.outcome is outcome and not each.control]
        if stacks:
            clauses.append(f"{name}: {listed(stacks)}.")
    return " ".join(clauses)


def shift_in_words(other: RunChange, found: ObjectiveChange) -> str:
    """What the stacks went through together, and what that looks like; empty where there is nothing to say."""
    shift = found.shift
    if shift is None:
        return ""
    noun = OBJECTIVES[found.objective].noun
    if other.controls:
        names = listed(list(shift.stacks))
        who = f"The control ({names})" if len(shift.stacks) == 1 else f"The controls ({names})"
    elif shift.common:
        who = "Both stacks together" if len(shift.stacks) == 2 else f"All {len(shift.stacks)} stacks together"
    else:
        who = "The mean of both stacks" if len(shift.stacks) == 2 else f"The median of the {len(shift.stacks)} stacks"
    times = is_far(shift.change)
    said = f"{who} moved {'to' if times else 'by'} {moved(shift.change, times=times)} in {noun}"
    return f"{said}: {meaning}." if (meaning := _meaning(other, shift)) else f"{said}."


def uncompared(found: ObjectiveChange) -> list[str]:
    """A sentence for each stack that one of the runs could not rank."""
    return [f"Not compared: {each.stack} ({each.reason})." for each in found.uncompared]


def closing(comparison: RunComparison) -> str:
    """How far the intervals are to be trusted."""
    sure = percent(1 - comparison.error)
    if not comparison.intervals:
        return "There are no intervals: each run must have two blocks or more."
    if comparison.intervals == 1:
        return f"The interval holds with {sure} confidence."
    number = "Both" if comparison.intervals == 2 else f"All {comparison.intervals}"
    return f"{number} intervals hold together with {sure} confidence."


def _meaning(other: RunChange, shift: Shift) -> str:
    """What a shift looks like; empty where it looks like nothing."""
    if shift.change.low is None:
        return "from so few blocks that cannot be told from chance"
    if other.controls:
        return _SEEN_BY_CONTROLS[shift.change.outcome]
    if not shift.common:
        return ""
    if not other.differences:
        return "they share it, so it comes of the machine or of the app's own code, which is not recorded"
    changed = f"what changed for all ({_what_changed(other)})"
    return f"they share it, so it comes of {changed}, of the app's own code or of the machine's noise"


def _what_changed(other: RunChange) -> str:
    """By name, or by group where there is much."""
    names = list(dict.fromkeys(difference.name for difference in other.differences))
    groups = list(dict.fromkeys(difference.group for difference in other.differences))
    return listed(names if len(names) <= _NAMED_MOST else groups)


_NAMED_MOST = 3
_MOVED = "that comes of the machine or the app, not of the servers; what counts is the change beside the controls"
_SEEN_BY_CONTROLS = {
    Outcome.BETTER: _MOVED,
    Outcome.WORSE: _MOVED,
    Outcome.TIED: "the machine was much the same",
    Outcome.UNDECIDED: "whether the machine was the same is not settled",
}


def _grouped(difference: Difference) -> str:
    return f"{difference.group}: {difference.words}"


def _signed(ratio: float, *, narrow: bool) -> str:
    """Percent: ``-8``, ``+12``; below 1 with a digit, as where the interval is a narrow one."""
    share = (ratio - 1) * 100
    text = f"{share:+.1f}" if narrow or abs(share) < 0.95 else f"{share:+.0f}"
    return "0" if float(text) == 0 else text
