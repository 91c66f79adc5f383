"""What is shown of a comparison, and in which order, be it on a terminal or in a pull request."""

import time
from dataclasses import dataclass

from wsgibench.model.comparison import ComparedRun, ObjectiveChange, RunChange, RunComparison, StackChange
from wsgibench.model.objective import OBJECTIVES, Objective
from wsgibench.model.verdict import Outcome
from wsgibench.report.circumstance_words import printable
from wsgibench.report.comparison_words.sentences import (
    closing,
    is_far,
    moved,
    notes,
    outcomes_in_words,
    shift_in_words,
    uncompared,
    unlike_in_words,
)
from wsgibench.report.conclusions.quantities import figure
from wsgibench.units import counted

_NAMED_MOST = 20
COLUMNS = ("stack", "before", "after", "change", "beside controls", "outcome")


@dataclass(frozen=True)
class Table:
    """One objective: a row for each stack, and what the rows come to."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Section:
    """One run beside the base; ``changed`` is what changed in circumstances, by group."""

    heading: str
    changed: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    tables: tuple[Table, ...]


@dataclass(frozen=True)
class Document:
    """All of it; ``warning`` says what was overridden, and comes first."""

    warning: str
    runs: tuple[str, ...]
    sections: tuple[Section, ...]
    closing: str


def document(comparison: RunComparison) -> Document:
    """The comparison in words."""
    return Document(
        warning=unlike_in_words(comparison),
        runs=tuple(_run(run) for run in (comparison.base, *(other.run for other in comparison.others))),
        sections=tuple(_section(comparison, other) for other in comparison.others),
        closing=closing(comparison),
    )


def _run(run: ComparedRun) -> str:
    """``runs/a: 2026-11-21 02:27 UTC, 6 blocks, 41 of 42 trials count``."""
    made = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(run.created_s))
    ended = "" if run.status == "done" else f", {'not ended' if run.status == 'running' else run.status}"
    count = "counts" if run.counted == 1 else "count"
    trials = f"{run.counted} of {counted(run.trials, 'trial')} {count}"
    left_out = "".join(f"; {sentence.removesuffix('.')}" for sentence in run.left_out)
    return printable(f"{run.folder}: {made}, {counted(run.blocks, 'block')}, {trials}{ended}{left_out}")


def _section(comparison: RunComparison, other: RunChange) -> Section:
    groups: dict[str, list[str]] = {}
    for difference in other.differences:
        groups.setdefault(difference.group, []).append(printable(difference.words))
    return Section(
        heading=printable(f"{other.run.folder}, held against {comparison.base.folder}"),
        changed=tuple((group, _as_many(changed)) for group, changed in groups.items()),
        notes=tuple(map(printable, notes(comparison, other))),
        tables=tuple(_table(comparison, other, each) for each in other.objectives),
    )


def _as_many(changed: list[str]) -> str:
    """As one reads; an environment made anew has hundreds of other packages."""
    more = len(changed) - _NAMED_MOST
    return "; ".join(changed[:_NAMED_MOST]) + (f"; and {more} more" if more > 0 else "")


def _table(comparison: RunComparison, other: RunChange, found: ObjectiveChange) -> Table:
    objective = OBJECTIVES[found.objective]
    phase = f" ({found.phase})" if found.phase else ""
    relatives = [each.relative for each in found.stacks if each.relative]
    kept = [index for index, column in enumerate(COLUMNS) if relatives or column != "beside controls"]
    # One unit for all of a column.
    times = any(is_far(each.change) for each in found.stacks), any(map(is_far, relatives))
    rows = [_row(each, objective, times) for each in found.stacks]
    sentences = (outcomes_in_words(found, comparison.margin), shift_in_words(other, found), *uncompared(found))
    return Table(
        title=f"{objective.noun[0].upper()}{objective.noun[1:]}{phase}",
        columns=tuple(COLUMNS[index] for index in kept),
        rows=tuple(tuple(row[index] for index in kept) for row in rows),
        sentences=tuple(filter(None, sentences)),
    )


def _row(found: StackChange, objective: Objective, times: tuple[bool, bool]) -> tuple[str, ...]:
    return (
        found.stack,
        figure(found.before, objective),
        figure(found.after, objective),
        moved(found.change, times=times[0]),
        moved(found.relative, times=times[1]) if found.relative else "",
        _outcome(found),
    )


def _outcome(found: StackChange) -> str:
    if found.control:
        return "control"
    if found.outcome is Outcome.UNDECIDED and min(found.counted_before, found.counted_after) < 2:
        return "undecided: a single block"
    return found.outcome.value
