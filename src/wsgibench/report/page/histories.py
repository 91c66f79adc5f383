"""Figures against time: requests, latency, CPU, memory, block by block."""

from collections.abc import Iterator
from functools import partial

from wsgibench.model.plan import Phase
from wsgibench.model.run import FinishedRun
from wsgibench.report.axes import time_axis
from wsgibench.report.circumstance_words import few, under_load
from wsgibench.report.lines import Panel, Picture
from wsgibench.report.measures import COSTS, MEASURES
from wsgibench.report.page.blocks import began_s
from wsgibench.report.page.chart import Chart, Json, Series, lines_data
from wsgibench.report.page.history_lines import HistoryLines
from wsgibench.report.page.history_words import history_in_words, history_table
from wsgibench.report.page.specification import page_spec
from wsgibench.report.reading import PhaseCurves

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


def time_charts(run: FinishedRun, phase: Phase, curves: PhaseCurves) -> Iterator[Chart]:
    """The charts of a phase, one after another; without those of which nothing is there."""
    fine_lines = sum(len(each.fine) for each in curves.trials)
    points = min(max(_FINE_POINTS // max(fine_lines, 1), _FINE_MIN), _FINE_MAX)
    for name in SHOWN:
        source = HistoryLines(curves, _BY_NAME[name], began_s(run), points, run.run.plan.curve is not None)
        if panels := source.panels():
            yield _chart(run, phase, source, panels)


def _chart(run: FinishedRun, phase: Phase, source: HistoryLines, panels: list[tuple[str, list[Series]]]) -> Chart:
    measure = source.measure
    picture = Picture(
        name=f"{phase.name}-{measure.name}",
        title=under_load(measure.title, phase.name, run.run.plan.phases),
        subtitle=(),
        notes=(),
        empty="",
        unit=measure.unit,
        x=time_axis(source.curves.span_s),
        panels=tuple(Panel(title, tuple(each.line for each in series)) for title, series in panels),
        may_be_logarithmic=measure.spans_magnitudes,
    )
    table = history_table(f"{picture.title}, {measure.unit}", panels)
    data: Json = {"unit": measure.unit, "low": picture.x.low, "high": picture.x.high}
    return Chart(
        name=picture.name,
        kind="time",
        title=picture.title,
        description=history_in_words(picture),
        table=table,
        notes=(
            *few(source.curves.unseen if measure.of_machine else source.curves.unread),
            *source.curves.thin(measure),
        ),
        draw=partial(page_spec, picture, zoom=True),
        data=data | lines_data([series for _, series in panels]),
    )
