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
