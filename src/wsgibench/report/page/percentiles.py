"""Latency by percentile: what share of the requests was answered in which time."""

from collections.abc import Sequence
from functools import partial

import numpy as np

from wsgibench.model.plan import Phase
from wsgibench.model.recording import Ints
from wsgibench.model.run import FinishedRun
from wsgibench.model.stack import Stack
from wsgibench.report.axes import Axis
from wsgibench.report.circumstance_words import under_load
from wsgibench.report.lines import Kind, Line, Panel, Picture
from wsgibench.report.page.chart import MISSING, Chart, Series, Table, lines_data
from wsgibench.report.page.specification import page_spec
from wsgibench.report.theme import way_of
from wsgibench.report.windows import Curve
from wsgibench.stats.latency import BEYOND_MIN, has_enough_beyond, percentiles_s

SHOWN = (0.5, 0.75, 0.9, 0.95, 0.99, 0.995, 0.999)
_POINTS = 90

_LOW, _HIGH = 2.0, 1000.0
"""One in so many requests that are slower: 2 for the median, 1000 for 99.9 %."""
_TICKS = (2.0, 4.0, 10.0, 20.0, 100.0, 200.0, 1000.0)

_NOTE = (
    "From left to right the share of the requests that were answered within the time; 99 % is as far from 90 % as "
    f"99.9 % from 99 %. A line ends where fewer than {BEYOND_MIN} requests were slower."
)
_TICK_LABEL = "format(100 - 100 / datum.value, '.4~r') + ' %'"


def percentile_chart(run: FinishedRun, phase: Phase, totals: dict[Stack, Ints]) -> Chart:
    """The chart of a phase from latency counts by bucket, merged over the trials that count."""
    totals = {stack: counts for stack, counts in totals.items() if counts.sum()}
    axis = _axis(totals)
    suffixed = run.run.plan.curve is not None
    series = [Series(line=_line(stack, counts, axis, suffixed=suffixed)) for stack, counts in totals.items()]
    picture = Picture(
        name=f"{phase.name}-percentiles",
        title=under_load("Response time by percentile", phase.name, run.run.plan.phases),
        subtitle=(),
        notes=(),
        empty="No trial of this run counts.",
        unit="ms",
        x=axis,
        panels=(Panel("", tuple(each.line for each in series)),) if series else (),
        may_be_logarithmic=True,
    )
    table = _table(picture.title, totals)
    return Chart(
        name=picture.name,
        kind="percentiles",
        title=picture.title,
        description=_in_words(table) if series else picture.empty,
        table=table,
        notes=(_NOTE,) if series else (),
        draw=partial(page_spec, picture, height=340, tick_label=_TICK_LABEL) if series else None,
        data={
            "unit": "ms",
            "low": axis.low,
            "high": axis.high,
        }
        | lines_data([series]),
    )


def _axis(totals: dict[Stack, Ints]) -> Axis:
    """As far as any line goes."""
    reached = max((float(counts.sum()) / BEYOND_MIN for counts in totals.values()), default=_HIGH)
    high = min(max(reached, _TICKS[3]), _HIGH)
    return Axis("", _LOW, high, tuple(tick for tick in _TICKS if tick <= high), logarithmic=True)


def _line(stack: Stack, totals: Ints, axis: Axis, *, suffixed: bool) -> Line:
    one_in = np.geomspace(axis.low, axis.high, _POINTS)
    known = totals.sum() / one_in >= BEYOND_MIN
    values = np.where(known, percentiles_s(totals, 1 - 1 / one_in) * 1e3, np.nan)
    return Line(
        label=stack.label,
        server=stack.server,
        proxy=way_of(stack, suffixed=suffixed),
        kind=Kind.RESULT,
        named=True,
        curve=Curve(one_in, values),
    )


def _table(caption: str, totals: dict[Stack, Ints]) -> Table:
    return Table(
        caption=f"{caption}, in ms",
        columns=("stack", *(f"{share * 100:.4g} %" for share in SHOWN)),
        rows=tuple((stack.label, *_cells(counts)) for stack, counts in totals.items()),
    )


def _cells(totals: Ints) -> Sequence[str]:
    values_ms = percentiles_s(totals, SHOWN) * 1e3
    known = [has_enough_beyond(float(totals.sum()), share) for share in SHOWN]
    return [f"{value:,.2f}" if there else MISSING for value, there in zip(values_ms.tolist(), known, strict=True)]


def _in_words(table: Table) -> str:
    first, middle, last = table.columns[1], table.columns[5], table.columns[7]
    ends = "; ".join(f"{row[0]}: {row[1]}, {row[5]} and {row[7]} ms" for row in table.rows)
    return f"{table.caption}. At {first}, {middle} and {last}: {ends}."
