"""Figures against time: requests, latency, CPU, memory, block by block."""

from collections.abc import Iterator
from functools import partial
from math import isfinite

from wsgibench.model.plan import Phase
from wsgibench.model.run import FinishedRun
from wsgibench.report.axes import time_axis
from wsgibench.report.circumstances import few
from wsgibench.report.lines import Panel, Picture
from wsgibench.report.measures import COSTS, MEASURES
from wsgibench.report.page.chart import MISSING, Chart, Series, Table, columns_of
from wsgibench.report.page.history_lines import HistoryLines
from wsgibench.report.page.specification import page_spec
from wsgibench.report.reading import read_phase
from wsgibench.report.tables import description
from wsgibench.runs.folder import RunFolder

_BY_NAME = {measure.name: measure for measure in (*MEASURES, *COSTS)}
SHOWN = (
    "requests",
    "failures",
    "median-response-time",
    "mean-response-time",
    "90-percent-response-time",
    "server-cpu",
    "proxy-cpu",
    "engine-cpu",
    "memory",
    "free-memory",
    "load-average-1min",
    "load-average-5min",
)
"""From what users feel to what it costs."""

_FINE_POINTS = 24_000
"""Of all fine lines of a phase together, for they are most of the page's size."""
_FINE_MIN, _FINE_MAX = 40, 300
"""Of one line."""


def time_charts(folder: RunFolder, run: FinishedRun, phase: Phase) -> Iterator[Chart]:
    """The charts of a phase, one after another; without those of which nothing is there."""
    curves = read_phase(folder, run, phase.name, fine=True)
    fine_lines = sum(len(each.fine) for each in curves.trials)
    points = min(max(_FINE_POINTS // max(fine_lines, 1), _FINE_MIN), _FINE_MAX)
    for name in SHOWN:
        source = HistoryLines(curves, _BY_NAME[name], points)
        if panels := source.panels():
            yield _chart(run, phase, source, panels)


def _chart(run: FinishedRun, phase: Phase, source: HistoryLines, panels: list[tuple[str, list[Series]]]) -> Chart:
    measure = source.measure
    of_phase = f", {phase.name} load" if len(run.run.plan.phases) > 1 else ""
    picture = Picture(
        name=f"{measure.name}-{phase.name}",
        title=f"{measure.title}{of_phase}",
        subtitle=(),
        notes=(),
        empty="",
        unit=measure.unit,
        x=time_axis(source.curves.span_s),
        panels=tuple(Panel(title, tuple(each.line for each in series)) for title, series in panels),
        may_be_logarithmic=measure.spans_magnitudes,
    )
    return Chart(
        name=picture.name,
        kind="time",
        title=picture.title,
        description=description(picture),
        table=_table(picture),
        notes=tuple(_notes(source)),
        draw=partial(page_spec, picture, zoom=True),
        data={
            "unit": measure.unit,
            "low": picture.x.low,
            "high": picture.x.high,
            "panels": columns_of([series for _, series in panels]),
        },
    )


def _table(picture: Picture) -> Table:
    """A row for each window, a column for each stack."""
    lines = [(panel.title, line) for panel in picture.panels for line in panel.lines if line.named]
    time_s = max((line.curve.time_s for _, line in lines), key=len).tolist()
    columns = [line.curve.value.tolist() for _, line in lines]
    rows = [
        (f"{at:g}", *(_cell(column[place]) if place < len(column) else MISSING for column in columns))
        for place, at in enumerate(time_s)
    ]
    return Table(
        caption=f"{picture.title}, in {picture.unit}, against seconds since the start of the measured load",
        columns=("s", *(f"{line.label}{', ' + title if title else ''}" for title, line in lines)),
        rows=tuple(rows),
    )


def _cell(value: float) -> str:
    return f"{value:,.4g}" if isfinite(value) else MISSING


def _notes(source: HistoryLines) -> Iterator[str]:
    if source.is_shared:
        yield "The stacks of a block took turns, so the machine's figures belong to all of them."
    elif source.curves.in_turns and source.measure.name != "memory" and source.measure.unit != "ms":
        yield "The stacks of a block took turns: counted per second of load."
    yield from few(source.curves.unseen if source.measure.of_machine else source.curves.unread)
