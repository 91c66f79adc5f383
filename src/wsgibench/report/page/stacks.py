"""The table of all stacks, a phase at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from wsgibench.model.failures import failures_in_words
from wsgibench.model.objective import OBJECTIVES
from wsgibench.model.run import FinishedRun
from wsgibench.model.verdict import Verdict
from wsgibench.report.circumstance_words import load_of
from wsgibench.report.conclusions.quantities import significant
from wsgibench.report.page.chart import MISSING
from wsgibench.report.page.marks import FAILED, Mark, marks_of
from wsgibench.report.summary import FEW, FEW_SAID, SummaryRow
from wsgibench.units import format_duration, format_size

COLUMNS = (
    ("requests", "requests/s"),
    ("failed", "failed"),
    ("mean", "mean ms"),
    ("p50", "p50 ms"),
    ("p90", "p90 ms"),
    ("p99", "p99 ms"),
    ("max", "max ms"),
    ("cpu", "CPU s/1,000"),
    ("memory", "memory"),
    ("counted", "counted"),
)


@dataclass(frozen=True)
class Cell:
    """``value`` is what to sort by; None goes last. ``more`` stands below, smaller."""

    text: str
    value: float | None
    more: str = ""


@dataclass(frozen=True)
class StackRow:
    """A stack, how it stands by what its table says, and its figures in the order of ``COLUMNS``."""

    stack: str
    mark: Mark
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class StackTable:
    """The stacks in a phase; ``load`` says what clients did, ``by`` what the standing is of, ``note`` what ``*`` is."""

    phase: str
    load: str
    by: str
    rows: tuple[StackRow, ...]
    note: str = ""


def stack_tables(run: FinishedRun, verdict: Verdict, rows: Sequence[SummaryRow]) -> list[StackTable]:
    """A table for each phase."""
    tables = []
    for phase in run.run.plan.phases:
        # Those that were asked for come first.
        ranking = next((each for each in verdict.rankings if each.phase == phase.name), None)
        marks = marks_of(ranking) if ranking else {}
        mine = [row for row in rows if row.phase == phase.name]
        tables.append(
            StackTable(
                phase.name,
                f"{load_of(run.run.plan, phase)}; {format_duration(phase.duration_s)} a trial",
                f"standing by {OBJECTIVES[ranking.objective].noun}" if ranking else "standing",
                tuple(_row(row, marks) for row in mine),
                FEW_SAID if any(row.few_beyond for row in mine) else "",
            )
        )
    return tables


def _row(row: SummaryRow, marks: Mapping[str, Mark]) -> StackRow:
    mark = marks.get(row.stack, FAILED) if row.counted else FAILED
    cells = (
        _number(row.requests_per_s),
        Cell(
            MISSING if row.failures is None else f"{row.failures:,}",
            row.failures,
            failures_in_words(row.failed_by_kind),
        ),
        *(_milliseconds(seconds, few=name in row.few_beyond) for name, seconds in row.latencies_s.items()),
        _number(row.cpu_per_1000_s),
        Cell(MISSING if row.pss_bytes is None else format_size(row.pss_bytes), row.pss_bytes),
        Cell(f"{row.counted} of {row.trials}", row.counted),
    )
    return StackRow(row.stack, mark, cells)


def _milliseconds(seconds: float | None, *, few: bool) -> Cell:
    cell = _number(None if seconds is None else seconds * 1e3)
    return Cell(cell.text + FEW, cell.value) if few and seconds is not None else cell


def _number(value: float | None) -> Cell:
    return Cell(MISSING if value is None else significant(value), value)
