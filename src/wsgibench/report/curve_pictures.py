"""Pictures of a run that looked for capacities, as plain data."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from wsgibench.analysis.verdict.needed import Way, ways_of
from wsgibench.model.curve import ERRORS, Limit
from wsgibench.model.objective import OBJECTIVES
from wsgibench.model.run import FinishedRun
from wsgibench.model.verdict import Scaling, Standing, Verdict
from wsgibench.report.axes import Axis, workers_axis
from wsgibench.report.circumstance_words import in_lines
from wsgibench.report.conclusions import limits_in_words, title
from wsgibench.report.conclusions.rankings import bounded
from wsgibench.report.kept import queues_in_words, readable_to, weak_in_words
from wsgibench.report.lines import MACHINE, Kind, Line, Panel, Picture, lines_of
from wsgibench.report.rates import BESIDE, Curves, axis_of, percentiles_of, rate_curves
from wsgibench.report.theme import way_of
from wsgibench.report.windows import Curve
from wsgibench.stats.scaling import ScalabilityLaw

_EMPTY = "No trial of this run counts."
_BOUNDS = "No more is known of the capacities than bounds."
_LAW_POINTS = 40
_ENDS = "Weak lines: ends of the 95 % confidence intervals. Only the dots were measured."
_BY_LAW = " Smooth: the universal scalability law that fits them."
_HOW = "Strong lines: the geometric mean over the trials that count; weak lines: each of these trials."


def curve_pictures(run: FinishedRun, verdict: Verdict) -> Iterator[Picture]:
    """Response times, failures and answers against requests/s; capacities against workers, where those differ."""
    curve = run.run.plan.curve
    if curve is None:
        return
    curves = rate_curves(run)
    axis, subtitle = axis_of(curves), in_lines([_title(verdict)])
    ends, weak = readable_to(run), weak_in_words(run)
    panels = _panels(curves, ends, curve.limits, verdict, axis)
    picture = _picture("curve", "Response time by requests/s", "ms", axis, panels, subtitle=subtitle)
    yield replace(picture, notes=(*picture.notes, *queues_in_words(run), *weak))
    for name, (heading, unit) in BESIDE.items():
        panels = (Panel("", tuple(_lines(curves, ends, name))),) if curves else ()
        picture = _picture(f"curve-{name}", heading, unit, axis, panels, subtitle=subtitle)
        yield replace(picture, notes=(*picture.notes, *weak))
    ways = [way for way in ways_of(run.run) if way.unit != "process"]
    if len({number for way in ways for number, _ in way.stacks}) > 1:
        yield _by_workers(ways, verdict, subtitle)


def _title(verdict: Verdict) -> str:
    return title(verdict, verdict.capacities or verdict.rankings[0])


def _standings(verdict: Verdict) -> dict[str, Standing]:
    """By stack, what is known of its capacity."""
    return {each.stack: each for each in (verdict.capacities.standings if verdict.capacities else ())}


def _picture(
    name: str, heading: str, unit: str, axis: Axis, panels: tuple[Panel, ...], *, subtitle: tuple[str, ...]
) -> Picture:
    return Picture(
        name=name,
        title=heading,
        subtitle=subtitle,
        notes=(_HOW,) if panels else (),
        empty=_EMPTY,
        unit=unit,
        x=axis,
        panels=panels,
        may_be_logarithmic=True,
    )


def _panels(
    curves: Curves, ends: Mapping[str, float], kept: Sequence[Limit], verdict: Verdict, axis: Axis
) -> tuple[Panel, ...]:
    """A panel for each percentile, with its limit across it and the capacities by that limit."""
    limits = {limit.figure: limit for limit in kept}
    panels = []
    for name in percentiles_of(kept) if curves else ():
        lines = list(_lines(curves, ends, name))
        if name in limits:
            lines += [*_capacities(curves, verdict, limits[name]), _limit(axis, limits[name])]
        panels.append(Panel(name, tuple(lines)))
    return tuple(panels)


def _lines(curves: Curves, ends: Mapping[str, float], name: str) -> Iterator[Line]:
    """Strong as far as they can be read: to ``ends``, by stack."""
    for stack, each in curves.items():
        found = each[name]
        by_block = [Curve(found.rates_per_s, values) for values in found.blocks]
        look = {"label": stack.label, "server": stack.server, "proxy": way_of(stack, suffixed=True)}
        *weak, _ = lines_of(by_block, [], **look)
        yield from weak
        middle = np.where(found.rates_per_s <= ends[stack.label], found.middle, np.nan)
        yield Line(kind=Kind.RESULT, named=True, curve=Curve(found.rates_per_s, middle), **look)


def _capacities(curves: Curves, verdict: Verdict, limit: Limit) -> Iterator[Line]:
    """The interval of each capacity on the line of the limit, unless it follows from one of another percentile."""
    standings = _standings(verdict)
    for stack in curves:
        standing = standings.get(stack.label)
        if standing is None or (standing.limit or limit.text).partition(" < ")[0] not in (limit.figure, ERRORS):
            continue
        if standing.low is not None and standing.high is not None:
            ends = np.array([standing.low, standing.value, standing.high])
            yield Line(
                label=stack.label,
                server=stack.server,
                proxy="nginx",  # drawn solid, whatever stands before it
                kind=Kind.RESULT,
                named=False,
                curve=Curve(ends, np.full(3, limit.most * 1e3)),
            )


def _limit(axis: Axis, limit: Limit) -> Line:
    ends = np.array([axis.low, axis.high])
    return Line(
        label=limits_in_words([limit.text]),
        server=MACHINE,
        proxy=MACHINE,
        kind=Kind.RESULT,
        named=True,
        curve=Curve(ends, np.full(2, limit.most * 1e3)),
    )


def _by_workers(ways: Sequence[Way], verdict: Verdict, subtitle: tuple[str, ...]) -> Picture:
    """What each way bears with the numbers of workers that were measured; its interval as weak lines.

    Those without workers have threads, which is said; so are bounds of capacities, which have no place on a line.
    """
    standings = _standings(verdict)
    lines: list[Line] = []
    bounds: list[str] = []
    for way in ways:
        ranked = [(number, standings[stack.label]) for number, stack in way.stacks if stack.label in standings]
        found = [(number, each) for number, each in ranked if not each.bound]
        bounds += [f"{each.stack} {bounded(each, OBJECTIVES['capacity'])}" for _, each in ranked if each.bound]
        _, stack = way.stacks[0]
        label = way.label if way.unit == "worker" else f"{way.label} ({way.unit}s)"
        look = {"label": label, "server": stack.server, "proxy": _way_of(way)}
        for kind, named, figures in (
            (Kind.TRIAL, False, [each.low for _, each in found]),
            (Kind.TRIAL, False, [each.high for _, each in found]),
            (Kind.RESULT, True, [each.value for _, each in found]),
        ):
            if found:
                workers = np.array([count for count, _ in found], np.float64)
                values = np.array([np.nan if each is None else each for each in figures], np.float64)
                lines.append(Line(kind=kind, named=named, curve=Curve(workers, values), **look))
        lines += [
            Line(kind=Kind.TRIAL, named=False, curve=_law(each), **look)
            for each in verdict.scaling
            if each.way == way.label
        ]
    return Picture(
        name="capacity-by-workers",
        title="Capacity by number of workers",
        subtitle=subtitle,
        notes=tuple(_workers_notes(verdict, bounds, drawn=bool(lines))),
        empty=_BOUNDS if bounds else _EMPTY,
        unit="requests/s",
        x=workers_axis(sorted({number for way in ways for number, _ in way.stacks})),
        panels=(Panel("", tuple(lines)),) if lines else (),
        may_be_logarithmic=False,
    )


def _way_of(way: Way) -> str:
    """As of its stacks, whatever their number of workers, which is on the axis."""
    _, stack = way.stacks[0]
    return way_of(stack, suffixed=True).replace(f":w{stack.workers}", "")


def _workers_notes(verdict: Verdict, bounds: Sequence[str], *, drawn: bool) -> Iterator[str]:
    if drawn:
        yield f"{_ENDS}{_BY_LAW if verdict.scaling else ''}"
    if bounds:
        yield f"Not drawn, for no more is known than a bound: {'; '.join(bounds)}."


def _law(found: Scaling) -> Curve:
    """The law from the fewest workers that were measured to the most."""
    law = ScalabilityLaw(found.alone_per_s, found.contention, found.coherency)
    workers = np.geomspace(min(found.measured), max(found.measured), _LAW_POINTS)
    return Curve(workers, law.at(workers))
