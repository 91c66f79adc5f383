"""What a run is to settle, and under which loads, where the user does not say."""

import pytest

from support.fakes import a_plan
from wsgibench.analysis.verdict.objective_figures import objectives_in, phase_of
from wsgibench.bench.objectives import loads_unasked, objectives_of
from wsgibench.bench.run_options import PROFILES, RunOptions
from wsgibench.model.app import App
from wsgibench.model.objective import OBJECTIVES
from wsgibench.model.plan import Phase

APP = App(target="a:b", directory=".")
QUICK = PROFILES["quick"].loads
LABELS = ("gunicorn@old", "gunicorn@new")


def asked_of(**options):
    options = RunOptions(app=APP, **options)
    loads = loads_unasked(options, QUICK, LABELS)
    return objectives_of(options, loads.values(), LABELS), tuple(loads)


@pytest.mark.parametrize(
    ("options", "objectives", "loads"),
    [
        ({}, ("throughput", "cpu"), ("saturated",)),
        ({"objectives": ("cpu",)}, ("cpu",), ("saturated",)),
        ({"objectives": ("memory",)}, ("memory",), ("saturated",)),
        ({"objectives": ("p99",)}, ("p99",), ("steady",)),
        ({"objectives": ("p50", "throughput")}, ("p50", "throughput"), ("steady", "saturated")),
        (
            {"claims": ("gunicorn@new >= gunicorn@old within 9% on p50",)},
            ("throughput", "cpu", "p50"),
            ("steady", "saturated"),
        ),
        ({"claims": ("granian@new > granian@old on p50",)}, ("throughput", "cpu"), ("saturated",)),
        ({"objectives": ("capacity",)}, ("capacity",), ()),
        ({"objectives": ("capacity", "p90")}, ("capacity", "p90"), ("steady",)),
    ],
)
def test_an_app_that_is_held_against_itself_gets_the_loads_of_what_is_asked(options, objectives, loads):
    """Its time is short, and what else is loaded makes all intervals longer."""
    assert asked_of(within_stacks=True, **options) == (objectives, loads)


def test_stacks_that_are_ranked_get_all_loads():
    """There the reader chooses afterwards what matters to him."""
    assert asked_of() == (("throughput",), ("steady", "saturated"))
    assert asked_of(objectives=("p50",)) == (("p50",), ("steady", "saturated"))


def test_of_a_profile_without_the_load_that_fits_best_all_are_made():
    """Users are no saturated load, and yet they are what there is."""
    options = RunOptions(app=APP, within_stacks=True, profile="article")
    assert [*loads_unasked(options, PROFILES["article"].loads, LABELS)] == ["users"]


@pytest.mark.parametrize(
    ("kept", "within", "objectives"),
    [
        (("saturated",), True, ["throughput", "cpu", "memory"]),
        (("steady",), True, ["mean", "p50", "p90", "p99", "cpu", "memory"]),
        (("steady", "saturated"), True, ["throughput", "mean", "p50", "p90", "p99", "cpu", "memory"]),
        (("steady",), False, ["throughput", "mean", "p50", "p90", "p99", "cpu", "memory"]),
    ],
)
def test_no_load_says_of_an_app_what_it_cannot_tell(kept, within, objectives):
    """Requests/s at a given rate are that rate, and response times of all that can be answered requests/s once more."""
    phases = tuple(Phase(name=name, load=QUICK[name], duration_s=1.0) for name in kept)
    plan = a_plan(("gunicorn", "uwsgi"), phases=phases, objectives=("cpu",), within_stacks=within)
    assert sorted(objectives_in(plan)) == sorted(objectives)
    assert phase_of(plan, OBJECTIVES["cpu"]) == (kept[-1] if within else kept[0])
