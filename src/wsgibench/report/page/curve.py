"""Response time against requests/s: where each candidate's curve crosses a limit that can be moved."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from functools import partial

import numpy as np

from wsgibench.model.curve import Curve as Ladder
from wsgibench.model.curve import Limit
from wsgibench.model.recording import Floats
from wsgibench.model.run import FinishedRun
from wsgibench.model.stack import Stack
from wsgibench.model.verdict import Verdict
from wsgibench.report.axes import Axis
from wsgibench.report.conclusions import limits_in_words
from wsgibench.report.conclusions.quantities import significant
from wsgibench.report.kept import QUEUE, grown_rates_per_s, kept_by, queues_in_words, readable_to, weak_in_words
from wsgibench.report.lines import MACHINE, Kind, Line, Panel, Picture
from wsgibench.report.page.chart import MISSING, Chart, Json, Series, Table, lines_data
from wsgibench.report.page.curve_spec import curve_spec
from wsgibench.report.page.specification import page_spec
from wsgibench.report.rates import BESIDE, Curves, RateCurve, axis_of, curve_trials, percentiles_of, rate_curves
from wsgibench.report.theme import way_of
from wsgibench.report.windows import Curve

_BESIDE_HEIGHT = 170
_LIMIT_MS = 100.0
"""Where the run has none, and no request ended well."""
_LIMIT_LOW, _LIMIT_HIGH = 0.5, 2.0
"""How far the limit can be moved beyond all that is drawn."""
_ROWS = 8
_NOTES = {
    "failures": "Of all that fell due at each rate.",
    "answered": "As long as a stack keeps up it answers as many as it is asked for.",
}


def curve_charts(run: FinishedRun, verdict: Verdict) -> tuple[Chart, ...]:
    """That of response times first, then failures and answers; none where no trial with a curve counts."""
    curve, curves = run.run.plan.curve, rate_curves(run)
    if curve is None or not curves:
        return ()
    times = _response_times(curves, curve.limits, verdict)
    readable, weak = _readable(run), weak_in_words(run)
    data, notes = times.data | _bounds(run, curve) | readable, (*_notes(run, curve.limits, weak),)
    beside = (_beside(curves, name) for name in BESIDE)
    return (
        replace(times, data=data, notes=notes),
        *(replace(each, data=each.data | readable, notes=(*each.notes, *weak)) for each in beside),
    )


def _bounds(run: FinishedRun, curve: Ladder) -> Json:
    """What capacities that are read off keep beside response times, by place."""
    trials, plan = curve_trials(run).values(), run.run.plan
    return {
        "kept": [[asdict(each) for each in kept_by(plan, its, curve.limits)] for its in trials],
        "grown": [grown_rates_per_s(plan, its) for its in trials],
    }


def _readable(run: FinishedRun) -> Json:
    """Up to which rate the curve of each place can be read; None for all of it."""
    return {"readable": [each if np.isfinite(each) else None for each in readable_to(run).values()]}


def _notes(run: FinishedRun, limits: Sequence[Limit], weak: Sequence[str]) -> Iterator[str]:
    """What the marks on the lines mean, where there are any."""
    yield from (f"▽ {sentence}" for sentence in queues_in_words(run))
    yield from weak
    if "p999" in percentiles_of(limits):
        yield "Few requests lie beyond the p999 of a rate: chance has a large part in its line."


def _response_times(curves: Curves, limits: Sequence[Limit], verdict: Verdict) -> Chart:
    axis, names = axis_of(curves), percentiles_of(limits)
    series = {name: [Series(line=_line(stack, each[name])) for stack, each in curves.items()] for name in names}
    shown = tuple(line.line for lines in series.values() for line in lines)
    own_ms = {limit.figure: limit.most * 1e3 for limit in limits if not limit.is_of_errors}
    values = np.concatenate([line.curve.value for line in shown])
    values = values[np.isfinite(values)]
    percentile = next(iter(own_ms), "p99")
    limit_ms = own_ms.get(percentile) or (float(np.exp(np.log(values).mean())) if len(values) else _LIMIT_MS)
    drawn = [limit_ms, *own_ms.values(), *values.tolist()]
    low, high = min(drawn) * _LIMIT_LOW, max(drawn) * _LIMIT_HIGH
    picture = _picture("curve", "Response time by requests/s", "ms", axis, (*shown, *map(_across, own_ms.values())))
    table = _table(curves, percentile)
    return Chart(
        name=picture.name,
        kind="curve",
        title=picture.title,
        description=_in_words(curves, percentile, limit_ms),
        table=table,
        draw=partial(curve_spec, picture),
        data={
            "unit": "ms",
            "low": axis.low,
            "high": axis.high,
            "percentile": percentile,
            "limit": limit_ms,
            "limits": [low, high],
            "own": own_ms,
            "errors": "".join(limits_in_words([limit.text]) for limit in limits if limit.is_of_errors),
            "choices": {name: lines_data([lines])["panels"] for name, lines in series.items()},
            "bands": {name: [[_short(end) for end in each[name].band] for each in curves.values()] for name in names},
            "official": _official(verdict),
        }
        | lines_data([series[percentile]]),
    )


def _official(verdict: Verdict) -> Json:
    """What the run says by its own limits, by stack; ``by`` is the figure of the limit that decides, or ``queue``."""
    ranking = verdict.capacities
    return {
        each.stack: {
            "rate": each.value,
            "low": each.low,
            "high": each.high,
            "bound": each.bound,
            "by": QUEUE if each.by_queue else (each.limit or "").partition(" < ")[0],
        }
        for each in (ranking.standings if ranking else ())
    }


def _beside(curves: Curves, name: str) -> Chart:
    """Of a figure that no limit is moved over."""
    axis, (title, unit) = axis_of(curves), BESIDE[name]
    series = [Series(line=_line(stack, each[name])) for stack, each in curves.items()]
    picture = _picture(f"curve-{name}", title, unit, axis, tuple(each.line for each in series))
    ends = "; ".join(f"{stack.label} {_at(each[name], -1)}" for stack, each in curves.items())
    return Chart(
        name=picture.name,
        kind="curve-beside",
        title=title,
        description=f"{title}, {unit}: {ends}.",
        table=_table(curves, name),
        notes=(_NOTES[name],),
        draw=partial(page_spec, picture, height=_BESIDE_HEIGHT),
        data={"unit": unit.partition(" ")[0], "low": axis.low, "high": axis.high} | lines_data([series]),
    )


def _picture(name: str, title: str, unit: str, axis: Axis, lines: tuple[Line, ...]) -> Picture:
    return Picture(
        name=name,
        title=title,
        subtitle=(),
        notes=(),
        empty="",
        unit=unit,
        x=axis,
        panels=(Panel("", lines),),
        may_be_logarithmic=True,
    )


def _across(limit_ms: float) -> Line:
    """For the axis, which has to reach as far as the limit; it is drawn by the page's script."""
    curve = Curve(np.ones(1), np.array([limit_ms]))
    return Line(label="", server=MACHINE, proxy=MACHINE, kind=Kind.RESULT, named=False, curve=curve)


def _line(stack: Stack, curve: RateCurve) -> Line:
    return Line(
        label=stack.label,
        server=stack.server,
        proxy=way_of(stack, suffixed=True),
        kind=Kind.RESULT,
        named=True,
        curve=Curve(curve.rates_per_s, curve.middle),
    )


def _short(values: Floats) -> list[float | None]:
    return [float(f"{value:.5g}") if np.isfinite(value) else None for value in values.tolist()]


def _at(curve: RateCurve, index: int) -> str:
    return f"{_cell(curve.middle[index])} at {significant(float(curve.rates_per_s[index]))}/s"


def _rows(curve: RateCurve) -> list[int]:
    return [int(index) for index in np.linspace(0, len(curve.rates_per_s) - 1, _ROWS).round()]


def _table(curves: Curves, name: str) -> Table:
    _, unit = BESIDE.get(name, ("", f"{name}, ms"))
    rows = [
        (stack.label, f"{significant(each[name].rates_per_s[index])}/s", _cell(each[name].middle[index]))
        for stack, each in curves.items()
        for index in _rows(each[name])
    ]
    return Table(caption=f"{unit} by requests/s", columns=("stack", "asked for", unit), rows=tuple(rows))


def _cell(value: float) -> str:
    return significant(float(value)) if np.isfinite(value) else MISSING


def _in_words(curves: Curves, percentile: str, limit_ms: float) -> str:
    ends = "; ".join(
        f"{stack.label} from {_at(each[percentile], 0)} to {_at(each[percentile], -1)}"
        for stack, each in curves.items()
    )
    return (
        f"{percentile} of response times by requests/s, in ms, with the limit at {limit_ms:g} ms: {ends}. "
        "Bands are 95 % intervals."
    )
