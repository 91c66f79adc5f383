"""What the gates of a run allow."""

import sys

import pytest

from wsgibench.bench.apps import app_under_test
from wsgibench.bench.run_options import RunOptions
from wsgibench.bench.thresholds import thresholds_of


def allowed(value=None, **run_options):
    env = [("STORE", value)] if value else []
    app = app_under_test("shop:app", directory="/", python=sys.executable, env=env)
    return thresholds_of(RunOptions(app=app, **run_options)).other_cpu_share


@pytest.mark.parametrize(
    "value",
    [
        "elasticsearch://localhost:9200/quotes",
        "postgres://me:secret@127.0.0.1/shop",
        "redis://[::1]",
        "http://localhost",
    ],
)
def test_a_service_of_the_apps_on_this_machine_may_work(value):
    """It works for the stack, on the stack's cores if they are all."""
    assert allowed(value) == 1.0


@pytest.mark.parametrize(
    "value", [None, "postgres://db.example/shop", "sqlite:///localhost", "http://localhost.example"]
)
def test_others_may_not(value):
    """Nor may those that work for an app whose services are elsewhere."""
    assert allowed(value) == 0.10


def test_what_was_asked_for_is_allowed():
    assert allowed("redis://localhost", other_cpu_share=0.3) == 0.3
    assert allowed(other_cpu_share=0.5) == 0.5


def test_what_a_connection_costs_is_in_the_plan():
    app = app_under_test("shop:app", directory="/", python=sys.executable)
    assert 1e-6 < thresholds_of(RunOptions(app=app)).connection_cpu_s < 1e-3


def test_between_variants_the_machine_may_be_disturbed():
    """It disturbs both alike; what was asked for holds."""
    app = app_under_test("shop:app", directory="/", python=sys.executable)
    found = thresholds_of(RunOptions(app=app, within_stacks=True))
    assert (found.steal_share, found.other_cpu_share) == (1.0, 1.0)
    assert found.lateness_p99_s > thresholds_of(RunOptions(app=app)).lateness_p99_s
    assert thresholds_of(RunOptions(app=app, within_stacks=True, other_cpu_share=0.2)).other_cpu_share == 0.2
