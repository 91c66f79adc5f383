"""Which cores are whose."""

import msgspec
import pytest

from support.records import a_run
from wsgibench.bench.cores import choose_cores, cores_for, cores_of, default_workers, split_cores
from wsgibench.errors import UsageError
from wsgibench.model.cores import Cores, engine_share
from wsgibench.processes.loopback import connection_cpu_s


def chosen(mode="auto", stack=None, engine=None, *, available=2, processes=1):
    return choose_cores(mode, stack, engine, engine_processes=processes, available=range(available))


@pytest.mark.parametrize(
    ("available", "processes", "shared"), [(1, 1, 1), (2, 1, 2), (7, 1, 7), (8, 1, 0), (8, 2, 8), (16, 2, 0)]
)
def test_auto_shares_where_the_engine_would_have_more_than_an_eighth(available, processes, shared):
    """One core of eight is the stack's loss; one of seven would be too much of one."""
    found = chosen(available=available, processes=processes)
    assert len(found.shared) == shared
    assert len(found.stack) == available - (0 if shared else processes)
    assert not found.asked


@pytest.mark.parametrize(
    ("mode", "stack", "engine", "expected"),
    [
        ("apart", None, None, ((1, 2, 3), (0,))),
        ("shared", None, None, ((0, 1, 2, 3), (0, 1, 2, 3))),
        ("auto", "2-3", None, ((2, 3), (0,))),
        ("auto", None, "3", ((0, 1, 2), (3,))),
        ("auto", "0-3", None, ((0, 1, 2, 3), (0,))),
        ("apart", "1,3", "0,2", ((1, 3), (0, 2))),
        ("shared", "1-2", None, ((1, 2), (1, 2))),
        ("shared", None, "3", ((0, 1, 2, 3), (3,))),
        ("auto", "0, 1-2", "2", ((0, 1, 2), (2,))),
    ],
)
def test_what_was_asked_for_is_what_they_get(mode, stack, engine, expected):
    """What is not said follows from what is; and it is noted that the user decided."""
    found = chosen(mode, stack, engine, available=4)
    assert (found.stack, found.engine) == expected
    assert found.asked


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (("auto", "0-2", None), "--stack-cores '0-2' names core 2, which this process may not use.", "cores 0, 1"),
        (("auto", None, "7,9"), "--engine-cores '7,9' names cores 7, 9, which", "cores 0, 1"),
        (("auto", "", None), "'' is no list of cores.", "--stack-cores 2-5,7"),
        (("auto", "3-2", None), "'3-2' is no list of cores.", "--stack-cores"),
        (("auto", None, "one"), "'one' is no list of cores.", "--engine-cores"),
        (("auto", None, "0,"), "'0,' is no list of cores.", "--engine-cores"),
        (("apart", "0,1", None), "core 0 would be both the stack's and the engine's.", "--cores shared"),
        (("shared", "0", "1"), "the stack has core 0 while the engine has core 1.", "Leave --cores out"),
    ],
)
def test_what_cannot_be_is_refused(arguments, message, hint):
    """In a sentence with what was given, and a line that says what would do."""
    with pytest.raises(UsageError) as raised:
        chosen(*arguments)
    assert message in raised.value.message
    assert hint in raised.value.hint


def test_one_core_cannot_be_kept_apart():
    """Unasked it is shared; asked, that is refused."""
    assert chosen(available=1).shared == (0,)
    with pytest.raises(UsageError, match="core 0"):
        chosen("apart", available=1)


def test_cores_that_are_not_here_any_more_end_a_resumed_run():
    """Those of the plan are used as they are, or not at all."""
    plan = a_run().plan
    there, gone = Cores(stack=(0,), engine=(0,)), Cores(stack=(0, 4096), engine=(0,))
    assert cores_of(msgspec.structs.replace(plan, cores=there)) == there
    with pytest.raises(UsageError, match="core 4096, which this process may not use now"):
        cores_of(msgspec.structs.replace(plan, cores=gone))


def test_a_plan_from_before_keeps_them_apart_as_then():
    """The engine has the first core, one for each of its processes."""
    plan = a_run().plan
    assert plan.cores is None
    assert cores_of(plan).engine == split_cores(cores_of(plan).stack + cores_of(plan).engine).engine
    assert split_cores(range(4), 2) == Cores(stack=(2, 3), engine=(0, 1), available=4)


def test_there_are_as_many_workers_as_cores_and_two_at_least():
    assert [default_workers(range(count)) for count in (1, 2, 3, 8)] == [2, 2, 3, 8]


def test_the_engines_share_is_of_all_that_it_shares():
    """0.16 s of 2 s are 8 % of a core: 4 % of two; none where it has its own."""
    assert engine_share(0.16, 2.0, 2) == pytest.approx(0.04)
    assert engine_share(0.16, 2.0, 0) == 0
    assert engine_share(0.16, 0.0, 2) == 0


def test_what_a_connection_costs_any_client_is_not_the_engines():
    """4,000 of them at 25 µs each are 0.1 s; never less than nothing is left."""
    assert engine_share(0.16, 2.0, 2, connects=4000, connection_cpu_s=25e-6) == pytest.approx(0.015)
    assert engine_share(0.05, 2.0, 2, connects=4000, connection_cpu_s=25e-6) == 0


def test_a_connection_costs_some_microseconds_here():
    """Two measurements agree within a factor of two."""
    first, second = connection_cpu_s(), connection_cpu_s()
    assert 1e-6 < first < 1e-3
    assert 0.5 < first / second < 2


@pytest.mark.parametrize(("share", "apart"), [(0.049, False), (0.051, True), (0.3, True)])
def test_one_stack_from_which_too_much_is_taken_sets_all_apart(share, apart):
    """The fastest would else be the ones that do not count."""
    found = cores_for(chosen(), {"gunicorn": 0.01, "granian": share}, allowed=0.05)
    assert (not found.shared) == apart
    assert ("granian" in found.why) == apart
    assert found.available == 2


def test_what_the_user_decided_stays():
    """And so do cores that are apart already, and the only core that there is."""
    for cores in (chosen("shared"), chosen("apart"), chosen(available=1)):
        assert cores_for(cores, {"granian": 0.3}, allowed=0.05) == cores
    assert cores_for(chosen(), {}, allowed=0.05) == chosen()
