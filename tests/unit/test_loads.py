"""Loads as objects: what they say of themselves holds together."""

import ast
import math
from pathlib import Path
from typing import get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.records import a_learned
from wsgibench.bench.run_options import RunOptions
from wsgibench.cli import run
from wsgibench.cli.option_table import OPTIONS
from wsgibench.engines import ENGINES
from wsgibench.model.app import App
from wsgibench.model.load import LOADS, Connections, Load, Rate, Users
from wsgibench.model.load._behaviour import Behaviour

SOURCE = Path(__file__).parent.parent.parent / "src" / "wsgibench"
LEARNED = a_learned(longest_gap_s=0.02, start_s=0.5)
KINDS = {kind.__name__ for kind in get_args(Load)}

counts = st.integers(1, 10_000)
rates = st.floats(0.1, 1e6)
EACH = {
    Users: st.builds(Users, count=counts, spawn_rate_per_s=rates),
    Rate: st.builds(Rate, start_per_s=rates, end_per_s=rates),
    Connections: st.builds(Connections, count=counts),
}
loads = st.one_of(*EACH.values())


def test_each_load_is_tried() -> None:
    """What holds for all is asked of a new one, too."""
    assert EACH.keys() == set(LOADS)


def test_a_load_that_leaves_out_what_others_ask_it_is_not_defined() -> None:
    """And not found out when an engine or a report asks for it."""
    with pytest.raises(TypeError, match=r"The load Bursts does not say: asked, .*, in_words"):

        class Bursts(Behaviour, tag="bursts"):
            phase = "bursts"


@given(loads, st.integers(1, 16))
def test_the_shares_of_all_processes_are_the_whole(load: Load, processes: int) -> None:
    """What processes do of a load is together what one alone would do: as many clients, or as many requests."""
    shares = [load.share(number, processes) for number in range(processes)]
    if load.population is None:
        for rate in ("peak_per_s", "last_per_s"):
            assert math.fsum(getattr(share, rate) for share in shares) == pytest.approx(getattr(load, rate))
    else:
        assert sum(share.population or 0 for share in shares) == load.population
    assert {type(share) for share in shares} == {type(load)}


@given(loads)
def test_a_load_is_open_or_has_a_population(load: Load) -> None:
    """Little's law is asked of what has clients, offered load and lateness of what has a rate: each load of one."""
    assert load.is_open == (load.population is None)
    assert not (load.is_open and load.saturates)
    assert load.is_whole or not load.ramp_s  # users who come one by one come once


@given(loads)
def test_a_load_asks_for_no_more_than_all(load: Load) -> None:
    """Shares, times and numbers of requests make sense for whatever a stack was found to do."""
    assert 0 < load.utilisation_of(LEARNED) <= 1
    assert load.drain_s(LEARNED) > 0
    assert load.peak_share >= 1
    assert load.typical_requests(LEARNED) >= 0
    assert load.in_words().endswith(("gaps", "answer", "s"))


@given(loads)
def test_a_load_is_read_as_it_was_written(load: Load) -> None:
    """Its kind is in the record of a run, and what it does is not."""
    written = msgspec.json.encode(load)
    assert msgspec.json.decode(written, type=Load) == load
    assert msgspec.json.decode(written)["type"] == load.kind


def test_what_was_left_open_is_decided_by_the_load_that_it_is_about() -> None:
    """A rate is no matter of connections, and the other way round."""
    rate, connections = Rate(start_per_s=1.0, end_per_s=1.0), Connections(count=32)
    assert rate.decided(rate_per_s=250.0, connections=8) == Rate(start_per_s=250.0, end_per_s=250.0)
    assert connections.decided(rate_per_s=250.0, connections=8) == Connections(count=8)
    assert [load.decided(rate_per_s=None, connections=None) for load in (rate, connections)] == [rate, connections]


def test_some_engine_makes_each_load() -> None:
    """A load that nothing can make is none."""
    engines = [ENGINES.get(name) for name in ENGINES.names()]
    kinds = {kind.__struct_config__.tag for kind in get_args(Load)}
    assert {kind for engine in engines for kind in engine.loads} == kinds
    assert sorted(kind for engine in engines for kind in engine.makes) == sorted(kinds)  # unasked, one of them does


@pytest.mark.parametrize("kind", LOADS, ids=lambda kind: kind.__name__)
def test_a_load_declares_the_options_that_ask_for_it(kind: type[Load]) -> None:
    """They are in the table as it has them, none asks for it unasked, and ``wsgibench run`` takes them all."""
    assert [OPTIONS[row.key] for row in kind.rows] == list(kind.rows)
    taken = {parameter.name for parameter in run.command.params}
    assert {row.key for row in kind.rows} <= taken
    assert kind.asked(vars(RunOptions(app=App(target="hello:app", directory="/srv")))) is None


def test_only_engines_ask_for_the_kind_of_a_load() -> None:
    """Whoever else has to know something of loads asks them for it, so that a new one need not be taught to anybody."""
    asking = {
        str(path.relative_to(SOURCE))
        for path in SOURCE.rglob("*.py")
        if path.relative_to(SOURCE).parts[0] != "engines" and _asks(ast.parse(path.read_text()))
    }
    assert not asking


def _asks(tree: ast.AST) -> bool:
    """Whether there is an ``isinstance`` or a ``case`` for a load."""
    asked: list[ast.AST] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "isinstance":
            asked.append(node.args[1])
        elif isinstance(node, ast.MatchClass):
            asked.append(node.cls)
    return any(isinstance(each, ast.Name) and each.id in KINDS for what in asked for each in ast.walk(what))
