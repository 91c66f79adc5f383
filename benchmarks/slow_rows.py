"""A row of slow_apps.py: what two ways of measuring and theory say of one app under one load, and where they differ."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from queue_theory import Expected
from slow_cells import Figures

RATE_SHARE, CPU_S = 0.02, 0.05e-3
LATENCY_SHARE, LATENCY_S = 0.05, 1e-3


@dataclass(frozen=True)
class Row:
    """One line of the table; ``load`` is in per cent of what the app bears, None where it is saturated or a rate."""

    app: str
    load: int | None
    turns: Figures
    whole: Figures
    theory: dict[str, Expected] | None
    wrong: tuple[str, ...]


def apart(name: str, one: float | None, other: float | None, *, share: float, least: float = 0.0) -> Iterator[str]:
    """What to say where two figures differ by more than a share of the second, and by more than ``least``."""
    if one is None or other is None:
        yield f"{name} is missing"
    elif abs(one - other) > max(share * abs(other), least):
        yield f"{name} {one / other - 1:+.0%}" if other else f"{name} {one:g}"


def compared(turns: Figures, whole: Figures, theory: dict[str, Expected] | None, *, is_open: bool) -> Iterator[str]:
    """What is wrong with a row that is to count."""
    for way, figures in (("in turns", turns), ("in one piece", whole)):
        if not figures.counts:
            yield f"{way} does not count: {figures.why_not}"
    chance = 2 * math.sqrt(2 / max(min(turns.requests, whole.requests), 1)) if is_open else 0.0
    yield from apart("requests/s", turns.requests_per_s, whole.requests_per_s, share=RATE_SHARE + chance)
    yield from apart("CPU", turns.cpu_per_request_s, whole.cpu_per_request_s, share=RATE_SHARE, least=CPU_S)
    if not is_open:
        return
    for name in ("p50", "p99"):
        mine, its = getattr(turns, f"{name}_s"), getattr(whole, f"{name}_s")
        spread_s = (theory[name].high_s - theory[name].low_s) if theory else 0.0
        yield from apart(name, mine, its, share=LATENCY_SHARE, least=LATENCY_S + spread_s)


def against_theory(figures: Figures, theory: dict[str, Expected], way: str) -> Iterator[str]:
    """Percentiles that lie outside of what 95 % of streams keep to, by more than the allowance."""
    for name, expected in theory.items():
        seen = getattr(figures, f"{name}_s")
        if seen is None:
            continue
        allowed_s = max(LATENCY_SHARE * expected.median_s, LATENCY_S)
        if not expected.low_s - allowed_s <= seen <= expected.high_s + allowed_s:
            yield f"{way} {name} is {seen * 1e3:.1f} ms, by theory {expected.median_s * 1e3:.1f}"


def show(row: Row) -> None:
    """Print a line."""
    cells = []
    for each in (row.turns, row.whole):
        rate = f"{each.requests_per_s:9,.1f}" if each.requests_per_s is not None else f"{'-':>9}"
        late = "".join(f"{value * 1e3:9.1f}" if value else f"{'-':>9}" for value in (each.p50_s, each.p99_s))
        cpu = f"{each.cpu_per_request_s * 1e3:8.3f}" if each.cpu_per_request_s else f"{'-':>8}"
        cells.append(f"{'yes' if each.counts else 'no':>4}{rate}{late}{cpu}")
    load = "" if row.load is None else f"{row.load} %"
    theory = "".join(f"{row.theory[name].median_s * 1e3:9.1f}" for name in ("p50", "p99")) if row.theory else " " * 18
    print(f"{row.app:<26}{load:>7} |{cells[0]} |{cells[1]} |{theory} | {'; '.join(row.wrong) or 'good'}", flush=True)
