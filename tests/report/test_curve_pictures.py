"""Pictures of a run that looked for capacities, and the curves that they show."""

import msgspec
import numpy as np
import pytest

from support.curves import a_capacity_run, a_run_of_capacities, add_curve_trial
from wsgibench.analysis.audit import audit
from wsgibench.analysis.verdict import verdict_of
from wsgibench.report.charts import spec_of
from wsgibench.report.curve_pictures import curve_pictures
from wsgibench.report.lines import MACHINE, Kind
from wsgibench.report.page.curve import curve_charts
from wsgibench.report.page.legend import legend
from wsgibench.report.rates import rate_curves
from wsgibench.report.theme import LIGHT


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    capacities = {"gunicorn:w1": (45, 46, 45), "gunicorn:w2": (85, 86, 85)}
    return a_run_of_capacities(tmp_path_factory.mktemp("runs"), capacities)


def pictured(folder):
    return {picture.name: picture for picture in curve_pictures(audit(folder).run, verdict_of(folder))}


def test_a_percentile_rises_with_the_rate(folder):
    """Within each block, as a capacity takes it to; and beyond the capacity it is what it was there."""
    for figures in rate_curves(audit(folder).run).values():
        assert (np.diff(figures["p99"].blocks, axis=1) >= 0).all()
        assert figures["p99"].middle[-1] == pytest.approx(400, rel=0.01)
        low, high = figures["p99"].band
        assert (low <= figures["p99"].middle).all()
        assert (figures["p99"].middle <= high).all()


@pytest.mark.parametrize("collapsed", [(100, 110), (90,)], ids=["for-good", "at-one-rate"])
def test_a_rate_at_which_nothing_was_answered_well_is_drawn_as_none(tmp_path, collapsed):
    """Also between two at which all was."""
    failing = {"gunicorn": {"failing": dict.fromkeys(collapsed, 1.0)}}
    folder = a_run_of_capacities(tmp_path, {"gunicorn": (300, 300, 300)}, of_trials=failing)
    [figures] = rate_curves(audit(folder).run).values()
    rates, answered = figures["answered"].rates_per_s, figures["answered"].middle
    assert np.isfinite(answered).all()
    nearest = [int(np.abs(rates - rate).argmin()) for rate in collapsed]
    assert (answered[nearest] < answered.max() / 2).all()
    assert answered[rates < 79] == pytest.approx(10 * rates[rates < 79], rel=0.01)  # it is asked ten times as much


def test_a_collapse_in_one_block_takes_its_part_of_the_mean(tmp_path):
    """And does not hide what other blocks answered."""
    folder = a_capacity_run(tmp_path, ["gunicorn"], blocks=2)
    add_curve_trial(folder, 1, "gunicorn", 300)
    add_curve_trial(folder, 2, "gunicorn", 300, block=2, failing={110: 1.0})
    [figures] = rate_curves(audit(folder).run).values()
    assert figures["answered"].middle[-1] == pytest.approx(110 * 10 / 2)


def test_there_is_a_panel_for_each_percentile_and_the_limit_in_its_own(folder):
    """With the capacities on it, from one end of their intervals to the other."""
    picture = pictured(folder)["curve"]
    assert [panel.title for panel in picture.panels] == ["p50", "p90", "p99"]
    labels = [[line.label for line in panel.lines if line.named] for panel in picture.panels]
    assert labels == [["gunicorn:w1", "gunicorn:w2"]] * 2 + [["gunicorn:w1", "gunicorn:w2", "p99 < 100 ms"]]
    on_limit = [line for line in picture.panels[2].lines if line.kind is Kind.RESULT and not line.named]
    assert [set(line.curve.value) for line in on_limit] == [{100.0}, {100.0}]


def test_what_the_engine_spoilt_is_drawn_weakly_and_said(tmp_path):
    """In each picture that has it: nobody takes it for the stack's doing."""
    busy = {"gunicorn": {"engine_cpu_s": {100: 1.9, 110: 1.95}}}
    pictures = pictured(a_run_of_capacities(tmp_path, {"gunicorn": (300,) * 3, "waitress": (85,) * 3}, of_trials=busy))
    for name in ("curve", "curve-failures", "curve-answered"):
        assert pictures[name].notes[-1] == "Weak, for the load engine took more than it may: gunicorn beyond 90.0/s."
        drawn = [line for panel in pictures[name].panels for line in panel.lines if line.kind is Kind.RESULT]
        ends = {
            line.label: line.curve.time_s[np.isfinite(line.curve.value)].max()
            for line in drawn
            if line.label in ("gunicorn", "waitress") and line.named
        }
        assert 85 < ends["gunicorn"] <= 90
        assert ends["waitress"] > 105


def limits_and_capacities(folder):
    """By percentile: what is drawn across, and of how many candidates a capacity lies on it."""
    return {
        panel.title: (
            [line.label for line in panel.lines if line.server == MACHINE],
            sum(line.kind is Kind.RESULT and not line.named for line in panel.lines),
        )
        for panel in pictured(folder)["curve"].panels
    }


def test_a_percentile_with_a_limit_has_a_panel_whichever_it_is(tmp_path):
    """Also that of one in a thousand."""
    folder = a_run_of_capacities(tmp_path, {"gunicorn": (85, 86, 85)}, limits=["errors < 0.1%", "p999 < 200ms"])
    found = limits_and_capacities(folder)
    assert found == {"p50": ([], 0), "p90": ([], 0), "p99": ([], 0), "p999": (["p999 < 200 ms"], 1)}


def test_of_several_limits_each_has_its_own_panel_and_the_capacity_lies_on_that_which_decides(tmp_path):
    """And not on one that it is not of."""
    folder = a_run_of_capacities(tmp_path, {"gunicorn": (85, 86, 85)}, limits=["p50 < 12ms", "p99 < 100ms"])
    found = limits_and_capacities(folder)
    assert found == {"p50": (["p50 < 12 ms"], 1), "p90": ([], 0), "p99": (["p99 < 100 ms"], 0)}


def test_capacity_is_drawn_against_the_workers_that_were_measured_and_no_others(folder):
    """A dot for each."""
    [line] = [line for line in pictured(folder)["capacity-by-workers"].panels[0].lines if line.named]
    assert line.label == "gunicorn"
    assert line.curve.time_s.tolist() == [1, 2]


def test_the_scalability_law_is_drawn_from_the_fewest_workers_to_the_most_and_not_beyond(tmp_path):
    """Where five numbers of them were measured, and not of four."""
    capacities = {f"gunicorn:w{count}": (10 * count, 10 * count + 1, 10 * count) for count in (1, 2, 3, 4, 6)}
    five = pictured(a_run_of_capacities(tmp_path / "five", capacities))["capacity-by-workers"].panels[0].lines
    capacities.popitem()
    four = pictured(a_run_of_capacities(tmp_path / "four", capacities))["capacity-by-workers"].panels[0].lines
    assert len(five) == len(four) + 1
    law = five[-1].curve.time_s
    assert (law.min(), law.max()) == pytest.approx((1, 6))


def test_every_picture_can_be_drawn(folder):
    """By the schema of Vega-Lite, too."""
    for picture in pictured(folder).values():
        spec_of(picture, LIGHT, validate=True)


def test_a_run_without_trials_has_the_same_pictures_empty(tmp_path):
    """They say so."""
    made = pictured(a_capacity_run(tmp_path, ["gunicorn"], blocks=1))
    assert {name: picture.panels for name, picture in made.items()} == {
        "curve": (),
        "curve-failures": (),
        "curve-answered": (),
    }


def test_pictures_of_capacities_are_of_capacities_whatever_else_was_asked_for_first(tmp_path):
    """On the line of the limit, against workers, and in the subtitle, which has the limits."""
    capacities = {"gunicorn:w1": (45, 46, 45), "gunicorn:w2": (85, 86, 85)}
    folder = a_run_of_capacities(tmp_path, capacities)
    run, verdict = audit(folder).run, verdict_of(folder)
    ranking = verdict.capacities
    twice = [msgspec.structs.replace(each, value=2 * each.value) for each in ranking.standings]
    other = msgspec.structs.replace(ranking, objective="throughput", standings=tuple(twice))
    asked_first = msgspec.structs.replace(verdict, rankings=(other, ranking))
    expected = [picture_in_figures(each) for each in curve_pictures(run, verdict)]
    assert [picture_in_figures(each) for each in curve_pictures(run, asked_first)] == expected


def picture_in_figures(picture):
    lines = [line for panel in picture.panels for line in panel.lines]
    figures = [(line.label, np.nan_to_num(line.curve.value, nan=-1).tolist()) for line in lines]
    return picture.name, picture.subtitle, figures


def test_a_bound_has_no_place_among_capacities_against_workers(tmp_path):
    """It is said instead, where others are drawn and where none is."""
    some = {"gunicorn:w1": (45, 46, 45), "gunicorn:w2": (85, 86, 85), "gunicorn:w4": (300, 300, 300)}
    picture = pictured(a_run_of_capacities(tmp_path / "some", some))["capacity-by-workers"]
    [line] = [line for line in picture.panels[0].lines if line.named]
    assert line.curve.time_s.tolist() == [1, 2]
    assert picture.notes[-1] == "Not drawn, for no more is known than a bound: gunicorn:w4 at least 110/s."
    beyond = {"gunicorn:w1": (300, 300, 300), "gunicorn:w2": (300, 300, 300)}
    picture = pictured(a_run_of_capacities(tmp_path / "beyond", beyond))["capacity-by-workers"]
    assert (picture.panels, picture.empty) == ((), "No more is known of the capacities than bounds.")


def test_lines_of_one_server_with_other_workers_look_otherwise(folder):
    """In pictures, on the page and in its legend."""
    audited, verdict = audit(folder).run, verdict_of(folder)
    assert len({(each.dash, each.shape) for each in legend(audited)}) == 2
    for panel in pictured(folder)["curve"].panels:
        assert len({line.proxy for line in panel.lines if line.named and line.server != MACHINE}) == 2
    spec = curve_charts(audited, verdict)[0].draw()
    assert "direct:w1" in str(spec)
    assert "direct:w2" in str(spec)
