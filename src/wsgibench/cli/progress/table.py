"""A snapshot as lines of text that fit a terminal."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len, chop_cells, set_cell_size

from wsgibench.cli.progress.snapshot import Row, Snapshot
from wsgibench.cli.terminal import printable
from wsgibench.model.curve import CURVE
from wsgibench.model.verdict import CONTRADICTORY
from wsgibench.units import format_duration

BOLD, DIM, PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[0m"
_GAP = "  "
_AT_HAND, _NOT_AT_HAND = "> ", "  "
_LABEL_MIN = 8
_FIGURE, _RATE, _COUNTED, _NOW = 7, 10, 7, 14
"""Cells that hold what they are for, so that no column moves when a figure grows."""
_SIGNS = {"at least": ">=", "less than": "<", CONTRADICTORY: "?"}
"""Of figures that are but bounds: there is no room for words."""


@dataclass(frozen=True)
class _Column:
    """``wanted``: the smaller, the narrower the terminal in which it is still shown."""

    title: str
    width: int
    wanted: int
    cell: Callable[[Row], str]
    phase: str = ""


def picture(snapshot: Snapshot, *, columns: int, lines: int) -> list[str]:
    """What is shown: never more than ``lines`` lines, none wider than ``columns`` cells; with escape codes for style.

    What there is no room for is left out, the least wanted first; how many stacks are left out is said.
    """
    head = [f"{BOLD}{_fitting(parts, columns)}{PLAIN}" for parts in _head(snapshot)]
    titles, rows = _table(snapshot, columns)
    room = lines - len(head) - len(titles)
    if room < min(len(rows), 2):
        return head[: max(lines, 0)]
    if len(rows) > room:
        left_out = len(rows) - room + 1
        rows = [*rows[: room - 1], f"{DIM}{_cut(f'{_NOT_AT_HAND}and {left_out} more', columns)}{PLAIN}"]
    return [*head, *titles, *rows]


def last_notes(notes: Sequence[str], *, columns: int, lines: int) -> list[list[str]]:
    """As many of the last notes as fit, the oldest first, each in rows of ``columns`` cells."""
    found: list[list[str]] = []
    for note in reversed(notes):
        rows = chop_cells(printable(note), columns) or [""]
        if len(rows) > lines:
            break
        lines -= len(rows)
        found.insert(0, rows)
    return found


def _head(snapshot: Snapshot) -> tuple[list[str], list[str]]:
    """Two lines of parts, the most wanted first."""
    left = f"at most {_whole_seconds(snapshot.left_s)} left"
    elapsed = f"{_whole_seconds(snapshot.elapsed_s)} gone"
    block = f"block {snapshot.block} of at most {snapshot.blocks}"
    return [block, left, elapsed, f"{snapshot.ended} of {snapshot.trials} trials"], [snapshot.doing, snapshot.settled]


def _whole_seconds(seconds: float) -> str:
    return format_duration(max(round(seconds), 1))


def _table(snapshot: Snapshot, columns: int) -> tuple[list[str], list[str]]:
    """Lines of titles, and a line for each stack, in as many columns as fit."""
    wanted = _columns(snapshot, columns)
    chosen: list[_Column] = []
    for column in sorted(wanted, key=lambda each: each.wanted):
        if _total([*chosen, column]) > columns and chosen:
            break
        chosen.append(column)
    shown = [column for column in wanted if column in chosen]
    titles = [_line([_aligned(column.title, column) for column in shown], columns)]
    if len(snapshot.phases) > 1:
        titles.insert(0, _line(_groups(shown), columns))
    rows = []
    for row in snapshot.rows:
        line = _line([_aligned(column.cell(row), column) for column in shown], columns)
        rows.append(f"{BOLD}{line}{PLAIN}" if row.at_hand else line)
    return [f"{DIM}{title}{PLAIN}" for title in titles], rows


def _columns(snapshot: Snapshot, columns: int) -> list[_Column]:
    """All of them, from left to right.

    A run is asked first for the most requests/s, which its last phase tells, and for latency, which its first does.
    """
    longest = max((len(row.stack) for row in snapshot.rows), default=0)
    label = min(longest, max(columns - len(_AT_HAND) - len(_GAP) - _RATE, _LABEL_MIN))
    found = [
        _Column("  stack", len(_AT_HAND) + label, 0, lambda row: _marked(row, label)),
        _Column("counted", _COUNTED, 4, lambda row: f"{row.counted}/{row.done}"),
    ]
    for phase in snapshot.phases:
        rate = 1 if phase == snapshot.phases[-1] else 6
        p50, p99 = (3, 2) if phase == snapshot.phases[0] else (8, 7)
        found.append(_rate(phase, rate))
        if phase != CURVE:
            found += [_latency(phase, "p50", p50), _latency(phase, "p99", p99)]
    return [*found, _Column("", _NOW, 5, lambda row: row.now)]


def _rate(phase: str, wanted: int) -> _Column:
    def cell(row: Row) -> str:
        found = row.phases[phase]
        value, sign = found.requests_per_s, _SIGNS.get(found.bound, "")
        return "-" if value is None else f"{sign}{value:,.1f}" if value < 1000 else f"{sign}{value:,.0f}"

    return _Column("requests/s", _RATE, wanted, cell, phase)


def _latency(phase: str, name: str, wanted: int) -> _Column:
    def cell(row: Row) -> str:
        value_s = getattr(row.phases[phase], f"{name}_s")
        if value_s is None:
            return "-"
        value = value_s * 1e3
        return f"{value:.2f}" if value < 100 else f"{value:.1f}" if value < 1000 else f"{value:,.0f}"

    return _Column(f"{name} ms", max(_FIGURE, len(phase)), wanted, cell, phase)


def _marked(row: Row, width: int) -> str:
    """The label with its mark; one that is too long loses its middle, since its end tells it apart."""
    label = row.stack
    if len(label) > width:
        label = f"{label[: width - width // 3 - 1]}~{label[-(width // 3) :]}"
    return (_AT_HAND if row.at_hand else _NOT_AT_HAND) + label


def _groups(shown: Sequence[_Column]) -> list[str]:
    """The phases, each over its columns."""
    cells = []
    for phase, group in itertools.groupby(shown, key=lambda column: column.phase):
        width = _total(list(group))
        cells.append(f" {phase} ".center(width, "-") if phase and len(phase) + 4 <= width else phase.center(width))
    return cells


def _line(cells: Sequence[str], columns: int) -> str:
    return _cut(_GAP.join(cells).rstrip(), columns)


def _aligned(text: str, column: _Column) -> str:
    """Figures to the right, words to the left."""
    text = _cut(text, column.width)
    return text.rjust(column.width) if column.phase or column.width == _COUNTED else text.ljust(column.width)


def _total(columns: Sequence[_Column]) -> int:
    return sum(column.width for column in columns) + len(_GAP) * (len(columns) - 1)


def _fitting(parts: Sequence[str], columns: int) -> str:
    """As many of the parts as fit, from the first on, which is cut if need be."""
    text = parts[0]
    for part in parts[1:]:
        longer = ", ".join(filter(None, (text, part)))
        if cell_len(longer) > columns:
            break
        text = longer
    return _cut(text, columns)


def _cut(text: str, columns: int) -> str:
    text = printable(text)
    return text if cell_len(text) <= columns else set_cell_size(text, max(columns, 0))
