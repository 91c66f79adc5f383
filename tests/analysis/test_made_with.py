"""What a run was made with is read from its record, on a machine that has none of it."""

import msgspec
import pytest

from support.records import a_run
from wsgibench.analysis.made_with import made_with
from wsgibench.bench.made_with import made_with_now
from wsgibench.model.stack import parse_stack


def test_the_record_says_it() -> None:
    """Of each stack, of the engine and of the monitor, just as the adapters did when it was made."""
    run = a_run()
    assert made_with(run) == run.made_with == made_with_now(run.plan)
    assert made_with(run).stacks["nginx+uwsgi:w6"].at_once == 6


def test_a_run_of_before_it_was_kept_is_read_as_it_was_told() -> None:
    """Its servers' packages follow from what it kept versions of, and what its monitor wrote can be read."""
    plan = msgspec.structs.replace(
        a_run().plan, stacks=tuple(map(parse_stack, ("gunicorn-gthread:w3:t4", "nginx+theirs")))
    )
    run = a_run(plan=plan, versions={"gunicorn": "23.0.0", "theirs": "1.0"}, made_with=None)
    found = made_with(run)
    assert [facts.distribution for facts in found.stacks.values()] == ["gunicorn", "theirs"]
    assert found.stacks["gunicorn-gthread:w3:t4"].at_once == 12
    assert [facts.has_hops for facts in found.stacks.values()] == [False, True]
    assert found.servers == ("gunicorn", "theirs")
    assert found.layout == made_with_now(a_run().plan).layout


@pytest.mark.parametrize("monitor", ["psutil", "cmonitor"])
def test_the_layouts_of_before_are_those_of_the_monitors(monitor: str) -> None:
    """They are known where the monitor is not here."""
    plan = msgspec.structs.replace(a_run().plan, monitor=monitor)
    assert made_with(a_run(plan=plan, made_with=None)).layout == made_with_now(plan).layout


def test_variables_that_configure_a_server_are_kept_by_name() -> None:
    """What a variable means, adapters know while the run is made; its value stays out of the record of this."""
    app = msgspec.structs.replace(a_run().plan.app, env=(("GUNICORN_CMD_ARGS", "--preload"), ("SHOP", "open")))
    plan = msgspec.structs.replace(a_run().plan, app=app)
    assert made_with(a_run(plan=plan)).configuring == ("GUNICORN_CMD_ARGS",)
