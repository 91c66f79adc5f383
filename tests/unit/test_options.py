"""The table of options is where an option is defined, and nobody says otherwise."""

from dataclasses import MISSING, fields, replace

import pytest

from wsgibench.bench.planning import plan_of
from wsgibench.bench.run_options import RunOptions
from wsgibench.cli.option_table import OPTIONS
from wsgibench.engines import ENGINES
from wsgibench.errors import UsageError
from wsgibench.model.app import App
from wsgibench.units import parse_duration, parse_share

AS_SAID = {"duration": parse_duration, "share": parse_share}
WISHES = RunOptions(app=App(target="hello:app", directory="/srv"), stacks=["waitress"], paths=["/"], seed=1)


def default_of(key: str) -> object:
    default = OPTIONS[key].default
    return AS_SAID.get(OPTIONS[key].kind, lambda value: value)(default) if default is not None else None


def test_who_asks_for_a_run_without_the_command_line_gets_the_same_defaults() -> None:
    """All that the table gives a value has that value in code, too, in the unit that its name there says."""
    in_table = {option.field or key: default_of(key) for key, option in OPTIONS.items()}
    said = {each.name: each.default for each in fields(RunOptions) if each.default is not MISSING}
    compared = {name for name in said if in_table.get(name) is not None} - {"turns"}
    assert {"margin", "threads", "start_timeout_s", "engine_processes", "host", "monitor", "arrivals"} <= compared
    assert {name: said[name] for name in compared} == {name: in_table[name] for name in compared}


def test_every_field_that_an_option_names_is_there() -> None:
    """An option under another name goes somewhere."""
    assert {option.field for option in OPTIONS.values() if option.field} <= {each.name for each in fields(RunOptions)}


@pytest.mark.parametrize("engine", ENGINES.names())
def test_what_an_engine_declares_is_in_the_table_and_reaches_it_alone(engine: str) -> None:
    """Each of its rows can be given; the plan has it under the engine's own name, and no other engine gets it."""
    for row in ENGINES.get(engine).rows:
        assert OPTIONS[row.key] == row
    kind = min(ENGINES.get(engine).makes)
    load = {"users": 5} if kind == "users" else {"connections": 8}
    plan = plan_of(replace(WISHES, engine=engine, engine_options={"locust_client": "http"}, **load))
    expected = {"client": "http", "master-bind-host": "127.0.0.1"} if engine == "locust" else {}
    assert plan.engine_options == expected


def test_what_was_asked_of_another_engine_is_not_passed_over() -> None:
    """It names the option, and the load that goes with it."""
    with pytest.raises(UsageError) as caught:
        plan_of(replace(WISHES, connections=8, engine_options={"locustfile": "/mine.py"}))
    assert caught.value.message == "The engine 'native' does not know --locustfile."
    assert caught.value.hint == "Give --users with it."
    with pytest.raises(UsageError, match="does not know --locust-workers"):
        plan_of(replace(WISHES, connections=8, engine_remote_workers=2))
