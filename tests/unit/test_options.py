"""The table of options is where an option is defined, and nobody says otherwise."""

from dataclasses import MISSING, fields, replace
from pathlib import Path

import pytest

from wsgibench.bench.option_rows import ROWS
from wsgibench.bench.planning import plan_of
from wsgibench.bench.run_options import RunOptions
from wsgibench.cli.option_table import OPTIONS
from wsgibench.engines import ENGINES
from wsgibench.errors import UsageError
from wsgibench.model.app import App
from wsgibench.units import parse_duration, parse_share

AS_SAID = {"duration": parse_duration, "share": parse_share}
RUN_OPTIONS = RunOptions(app=App(target="hello:app", directory="/srv"), stacks=["waitress"], paths=["/"], seed=1)


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


def test_every_default_is_one_that_its_own_row_allows() -> None:
    """What a user may leave out is no less sound than what one types."""
    for row in OPTIONS.values():
        if row.default is not None:
            row.check_value(default_of(row.key))


NONSENSE = {
    "users": 0,
    "rate": "1100%",
    "connections": 0,
    "connections_max": 0,
    "blocks": 10_001,
    "limits": ("p99 100ms",),
    "margin": 0.6,
    "claims": ("gunicorn",),
    "seed": -1,
    "paths": ("no",),
    "ids": "9..1",
    "method": "get",
    "headers": ("no",),
    "expect": (200, 99),
    "prefix": "shop",
    "prepare": "make 'assets",
    "engine_processes": 0,
    "engine_remote_workers": -1,
    "stack_cores": "3-2",
    "engine_cores": "one",
}
"""By the field of each row that validates: what means nothing there, whatever else is given."""


@pytest.mark.parametrize("field", NONSENSE)
def test_what_means_nothing_is_refused_by_the_row_of_its_option(field: str) -> None:
    """By the row alone, and of a plan in the same words, whoever asks for it."""
    value = NONSENSE[field]
    [row] = [row for row in ROWS if (row.field or row.key) == field]
    with pytest.raises(UsageError) as by_row:
        row.check_value(value[-1] if isinstance(value, tuple) else value)
    with pytest.raises(UsageError) as by_plan:
        plan_of(replace(RUN_OPTIONS, **{field: value}))
    assert str(by_plan.value) == str(by_row.value)
    assert row.flag in by_row.value.message + by_row.value.hint or field in ("limits", "claims", "margin", "rate")


def test_every_row_that_validates_is_tried() -> None:
    fields_that_do = {row.field or row.key for row in ROWS if row.check or row.least is not None}
    assert fields_that_do == NONSENSE.keys()


@pytest.mark.parametrize("engine", ENGINES.names())
def test_what_an_engine_declares_is_in_the_table_and_reaches_it_alone(engine: str) -> None:
    """Each of its rows can be given; the plan has it under the engine's own name, and no other engine gets it."""
    for row in ENGINES.get(engine).rows:
        assert OPTIONS[row.key] == row
    kind = min(ENGINES.get(engine).makes)
    load = {"users": 5} if kind == "users" else {"connections": 8}
    plan = plan_of(replace(RUN_OPTIONS, engine=engine, engine_options={"locust_client": "http"}, **load))
    expected = {"client": "http", "master-bind-host": "127.0.0.1"} if engine == "locust" else {}
    assert plan.engine_options == expected


@pytest.mark.parametrize("name", ["nowhere.py", "."])
def test_a_locustfile_that_cannot_be_read_is_said_before_anything_starts(name: str, tmp_path: Path) -> None:
    file = tmp_path / name
    with pytest.raises(UsageError) as caught:
        plan_of(replace(RUN_OPTIONS, users=5, engine_options={"locustfile": str(file)}))
    assert str(file) in caught.value.message
    assert "of --locustfile cannot be read" in caught.value.message


def test_what_was_asked_of_another_engine_is_not_passed_over() -> None:
    """It names the option, and the load that goes with it."""
    with pytest.raises(UsageError) as caught:
        plan_of(replace(RUN_OPTIONS, connections=8, engine_options={"locustfile": "/mine.py"}))
    assert caught.value.message == "The engine 'native' does not know --locustfile."
    assert caught.value.hint == "Give --users with it."
    with pytest.raises(UsageError, match="does not know --locust-workers"):
        plan_of(replace(RUN_OPTIONS, connections=8, engine_remote_workers=2))
