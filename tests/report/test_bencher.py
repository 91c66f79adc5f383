"""The metric format of Bencher, over made-up runs whose figures are known."""

import json

import pytest

from support.curves import a_run_of_capacities
from support.made_up_runs import made_up
from wsgibench.analysis.verdict import verdict_of
from wsgibench.model.objective import OBJECTIVES
from wsgibench.model.variant import Variant
from wsgibench.report.bencher import _MEASURES, bencher_json

MEASURES = {
    "throughput",
    "latency",
    "latency-p50",
    "latency-p90",
    "latency-p99",
    "cpu-seconds-per-1000-requests",
    "memory-bytes",
}


def test_each_candidate_has_its_figures_with_their_intervals(tmp_path):
    """And each variant beside the first the ratios of them. Response times are in nanoseconds, as Bencher's own are."""
    variants = Variant(name="old"), Variant(name="new")
    rates = {"nginx+uwsgi:w4@old": 3000, "nginx+uwsgi:w4@new": 2000}
    verdict = verdict_of(made_up(tmp_path, rates, variants=variants, noise=0.002))
    found = json.loads(bencher_json(verdict))
    assert found.keys() == {*rates, "nginx+uwsgi:w4 new/old"}
    assert all(each.keys() == MEASURES for name, each in found.items() if name in rates)
    assert found["nginx+uwsgi:w4 new/old"].keys() == {f"{name}-ratio" for name in MEASURES}
    for measures in found.values():
        for metric in measures.values():
            assert metric["lower_value"] <= metric["value"] <= metric["upper_value"]
    assert found["nginx+uwsgi:w4@old"]["throughput"]["value"] == pytest.approx(3000, rel=0.2)
    assert found["nginx+uwsgi:w4@new"]["latency-p50"]["value"] == pytest.approx(1e9 / 2000, rel=0.2)
    assert found["nginx+uwsgi:w4 new/old"]["throughput-ratio"]["value"] == pytest.approx(2 / 3, rel=0.02)
    assert found["nginx+uwsgi:w4 new/old"]["latency-ratio"]["value"] == pytest.approx(3 / 2, rel=0.02)


def test_what_is_not_known_is_left_out(tmp_path):
    """After a single block there are no intervals; without variants there is nothing beside anything."""
    found = json.loads(
        bencher_json(verdict_of(made_up(tmp_path, {"gunicorn": 3000}, blocks=1, looks=(), memory=False)))
    )
    assert found.keys() == {"gunicorn"}
    assert found["gunicorn"].keys() == MEASURES - {"memory-bytes"}
    assert found["gunicorn"]["throughput"].keys() == {"value"}


def test_every_objective_has_a_measure():
    """Whatever a run ranks, capacities among it, can be exported."""
    assert _MEASURES.keys() == OBJECTIVES.keys()


def test_a_capacity_of_which_only_a_bound_is_known_is_left_out(tmp_path):
    """Of a stack that kept its limit at the highest rate, and of one that did not at the lowest; with their ratios."""
    variants = Variant(name="old"), Variant(name="new")
    capacities = {
        "gunicorn@old": (85, 86, 85),
        "gunicorn@new": (300, 300, 300),
        "waitress@old": (1, 1, 1),
        "waitress@new": (45, 46, 45),
    }
    folder = a_run_of_capacities(tmp_path, capacities, variants=variants)
    verdict = verdict_of(folder)
    bounds = {each.stack: each.bound for each in verdict.rankings[0].standings}
    assert (bounds["gunicorn@new"], bounds["waitress@old"]) == ("at least", "less than")
    found = json.loads(bencher_json(verdict))
    assert {name for name, measures in found.items() if "capacity" in measures} == {"gunicorn@old", "waitress@new"}
    assert not any("capacity-ratio" in measures for measures in found.values())
