"""The chart of response times against rates."""

import pytest

from support.curves import RATES, a_run_of_capacities
from wsgibench.analysis.audit import audit
from wsgibench.analysis.verdict import verdict_of
from wsgibench.report.curve_pictures import curve_pictures
from wsgibench.report.page.curve import curve_charts


def charts(folder):
    return {chart.name: chart for chart in curve_charts(audit(folder).run, verdict_of(folder))}


def test_a_run_all_of_whose_requests_failed_has_a_chart_without_lines(tmp_path):
    """There is no response time: what the page says of it is how many failed."""
    failing = {"gunicorn": {"failing": dict.fromkeys(RATES, 1.0)}}
    folder = a_run_of_capacities(tmp_path, {"gunicorn": (85, 86, 85)}, of_trials=failing)
    found = charts(folder)
    data = found["curve"].data
    assert set(data["panels"][0][0][6]) == {None}
    assert data["limits"] == pytest.approx([50, 200])
    assert [each["bound"] for each in data["kept"][0]] == ["less than"]
    assert "from - at 10.0/s" in found["curve"].description
    assert set(found["curve-failures"].data["panels"][0][0][6]) == {100}
    assert {picture.name for picture in curve_pictures(audit(folder).run, verdict_of(folder))} >= {"curve"}
    for chart in found.values():
        assert chart.for_script()["spec"]


def test_the_limit_can_be_seen_where_all_keep_it(tmp_path):
    """Above all lines."""
    folder = a_run_of_capacities(tmp_path, {"gunicorn": (300, 300, 300)}, limits=["p99 < 100ms"])
    spec = charts(folder)["curve"].for_script()["spec"]
    low, high = spec["vconcat"][0]["layer"][0]["encoding"]["y"]["scale"]["domain"]
    assert low < 12
    assert high > 100


def test_rates_at_which_a_queue_grew_are_in_the_data_and_said(tmp_path):
    """With the stack, and from which on; of a stack without such a rate nothing is."""
    growing = {"gunicorn": {"pending": {90: 200, 110: 200}}}
    folder = a_run_of_capacities(tmp_path, {"gunicorn": (300, 300), "waitress": (45, 45)}, of_trials=growing)
    curve = charts(folder)["curve"]
    assert curve.data["grown"] == [[90], []]
    assert [each["by"] for each in curve.data["official"].values()] == ["queue", "p99"]
    [note] = curve.notes
    assert note.startswith("▽ Queues grew")
    assert note.endswith(": gunicorn from 90.0/s.")
    picture = next(curve_pictures(audit(folder).run, verdict_of(folder)))
    assert picture.notes[-1] == note.removeprefix("▽ ")


def test_a_queue_that_grows_where_a_limit_is_broken_anyhow_decides_nothing(tmp_path):
    """As above a capacity all of them do."""
    growing = {"gunicorn": {"pending": {90: 200, 100: 200}}, "waitress": {"pending": {100: 200, 110: 200}}}
    folder = a_run_of_capacities(tmp_path, {"gunicorn": (70, 70), "waitress": (300, 300)}, of_trials=growing)
    assert {stack: each["by"] for stack, each in charts(folder)["curve"].data["official"].items()} == {
        "gunicorn": "p99",
        "waitress": "queue",
    }


def test_weak_ends_of_lines_and_few_requests_are_explained(tmp_path):
    """Where there are any."""
    busy = {"gunicorn": {"engine_cpu_s": {110: 1.9}}}
    capacities = {"gunicorn": (85, 86, 85)}
    folder = a_run_of_capacities(tmp_path / "busy", capacities, of_trials=busy, limits=["p999 < 100ms"])
    weak, few = charts(folder)["curve"].notes
    assert weak == "Weak, for the load engine took more than it may: gunicorn beyond 100/s."
    for beside in ("curve-failures", "curve-answered"):
        assert charts(folder)[beside].notes[-1] == weak
        assert charts(folder)[beside].data["readable"] == [100]
    assert "p999" in few
    assert charts(a_run_of_capacities(tmp_path / "idle", capacities))["curve"].notes == ()
