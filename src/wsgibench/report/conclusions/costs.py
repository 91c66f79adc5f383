"""Where the work of an app goes from one variant to another, figures side by side."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from wsgibench.model.verdict import Cost, Verdict
from wsgibench.report.conclusions.quantities import significant
from wsgibench.units import format_size

COSTS_SAID = "Medians of trials, without intervals: where to look, not what is sure."

_SAME_BELOW = 0.0005
"""Of a change, as a share: it would be shown as nothing."""


@dataclass(frozen=True)
class CostTable:
    """On one stack: a column for each variant, and how far each is from the first."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


_ROWS: tuple[tuple[str, Callable[[Cost], float | None], Callable[[float], str]], ...] = (
    ("CPU of the server and its workers, s/1,000", lambda cost: cost.server_cpu_per_1000_s, significant),
    ("CPU of the proxy, s/1,000", lambda cost: cost.proxy_cpu_per_1000_s, significant),
    ("memory (PSS)", lambda cost: cost.memory_bytes, format_size),
    ("processes", lambda cost: cost.processes, "{:,.0f}".format),
    ("threads", lambda cost: cost.threads, "{:,.0f}".format),
    ("context switches for a request", lambda cost: cost.context_switches_per_request, significant),
    ("connections for 1,000 requests", lambda cost: cost.connections_per_1000, significant),
    ("failed requests", lambda cost: cost.failures, "{:,.0f}".format),
)


def cost_tables(verdict: Verdict) -> list[CostTable]:
    """One for each stack; none of a run without several variants."""
    names = [*verdict.circumstances.variants]
    by = {cost.candidate: cost for cost in verdict.costs}
    if len(names) < 2:
        return []
    stacks = dict.fromkeys(label.rpartition("@")[0] for label in by)
    return [table for stack in stacks if (table := _table(stack, names, by, several=len(stacks) > 1)) is not None]


def _table(stack: str, names: list[str], by: dict[str, Cost], *, several: bool) -> CostTable | None:
    costs = [by[f"{stack}@{name}"] for name in names if f"{stack}@{name}" in by]
    if len(costs) < len(names):
        return None
    columns = ("", *names, *(f"{name} beside {names[0]}" for name in names[1:]))
    rows = tuple(_rows(costs))
    return CostTable(f"Where it goes{f' with {stack}' if several else ''}", columns, rows) if rows else None


def _rows(costs: list[Cost]) -> Iterator[tuple[str, ...]]:
    """Those of which anything is known."""
    for what, figure_of, form in _ROWS:
        figures = [figure_of(cost) for cost in costs]
        if any(figure is not None for figure in figures):
            cells = ["-" if figure is None else form(figure) for figure in figures]
            yield (what, *cells, *(_beside(figure, figures[0]) for figure in figures[1:]))


def _beside(figure: float | None, first: float | None) -> str:
    """``+3.1 %``, ``the same``; empty where there is nothing to divide by."""
    if figure is None or first is None or (not first and figure):
        return ""
    share = figure / first - 1 if first else 0.0
    return "the same" if abs(share) < _SAME_BELOW else f"{100 * share:+,.1f} %"
