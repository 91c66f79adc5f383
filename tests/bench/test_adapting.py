"""From what stacks bear to a plan: rates, turns, blocks, and what is said when there is no time for any."""

import sys
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsgibench.bench.adapting import adapted
from wsgibench.bench.apps import sample_app
from wsgibench.bench.planning import plan_of
from wsgibench.bench.run_options import RunOptions
from wsgibench.errors import UsageError
from wsgibench.model.learned import Learned
from wsgibench.model.load import Connections, Rate
from wsgibench.model.plan import Plan
from wsgibench.model.schedule import asks_too_much, planned_s_of, rounds_of, turn_of

TWO = ("gunicorn", "werkzeug")


@cache
def planned(**run_options) -> Plan:
    """Made once: the sample app's store is asked for each."""
    return plan_of(RunOptions(app=sample_app(directory="/", python=sys.executable), **{"stacks": TWO, **run_options}))


def learned(stack: str = "gunicorn", service_s: float = 0.0005, at_once: int = 2, **fields) -> Learned:
    return Learned(
        **{
            "stack": stack,
            "service_s": service_s,
            "bears_per_s": at_once / service_s,
            "connections": 32,
            "longest_gap_s": service_s,
            "idle_cpu_share": 0.0,
            "engine_cpu_share": 0.05,
            "start_s": 0.8,
            **fields,
        }
    )


def test_the_steady_rate_is_half_of_what_the_slowest_bears() -> None:
    """Rounded downwards, so that the slowest bears twice as much at least."""
    plan = adapted(planned(), [learned(), learned("werkzeug", 0.00119)], left_s=290)
    steady = plan.phases[0].load
    assert isinstance(steady, Rate)
    assert steady.start_per_s == steady.end_per_s == 840


def test_a_rate_that_was_given_is_kept_and_judged() -> None:
    slow = learned(service_s=0.15)
    plan = adapted(planned(rate="250/s"), [slow], left_s=None)
    assert plan.phases[0].load.start_per_s == 250
    assert asks_too_much(plan.phases[0].load, slow)
    brief = turn_of(plan.phases[0], "gunicorn", slow, turn_s=5.0, warming=False)
    assert brief.duration_s <= 1.0


@pytest.mark.parametrize("turn_s", [0.58, 0.6, 0.62, 0.7, 1.0])
def test_a_turn_ends_between_two_answers(turn_s: float) -> None:
    """Two workers that keep step answer together each 0.15 s: the first answer after the turn's end begins a pair."""
    saturated = planned().phases[1]
    assert isinstance(saturated.load, Connections)
    turn = turn_of(saturated, "gunicorn", learned(service_s=0.15), turn_s=turn_s, warming=False)
    assert turn.duration_s / 0.15 % 1 == pytest.approx(0.5)
    assert abs(turn.duration_s - turn_s) < 0.15


@pytest.mark.parametrize("service_s", [0.0005, 0.08])
def test_what_is_held_against_a_trial_is_how_long_its_turns_were_to_be(service_s: float) -> None:
    """Off the beat of its answers, where those are few."""
    found = learned(service_s=service_s)
    plan = adapted(planned(), [found], left_s=290)
    saturated, rounds = plan.phases[1], rounds_of(plan, plan.phases[1])
    turn = turn_of(saturated, "gunicorn", found, turn_s=rounds.turn_s, warming=False)
    planned_s = planned_s_of(plan, saturated, "gunicorn", found)
    assert planned_s == pytest.approx(rounds.measured * turn.duration_s)
    assert planned_s == pytest.approx(saturated.duration_s) or service_s > 0.01


def test_a_turn_of_many_answers_is_as_long_as_planned() -> None:
    assert turn_of(planned().phases[1], "gunicorn", learned(), turn_s=0.2, warming=False).duration_s == 0.2


def test_a_share_can_be_given() -> None:
    plan = adapted(planned(rate="80%"), [learned(service_s=0.02)], left_s=None)
    assert plan.phases[0].load.start_per_s == 80


@pytest.mark.parametrize("share", ["0%", "2000%", "x%"])
def test_a_share_that_is_none_is_refused(share: str) -> None:
    with pytest.raises(UsageError):
        planned(rate=share)


def test_a_stack_with_a_thread_for_each_connection_bears_more_than_was_tried() -> None:
    """32 connections, 150 ms each, 213/s: nothing had to wait, so 400/s may well be kept up with."""
    unbound = learned(service_s=0.15, at_once=32)
    assert not unbound.is_saturated
    assert not asks_too_much(Rate(start_per_s=400, end_per_s=400), unbound)


@pytest.mark.parametrize(("service_s", "turn_s"), [(0.0005, 0.2), (0.005, 0.2), (0.15, 0.6), (0.5, 2.0)])
def test_turns_have_time_for_answers(service_s: float, turn_s: float) -> None:
    """Of 0.2 s for an app such as ours, and longer where a queue takes longer to drain than that."""
    plan = adapted(planned(), [learned(service_s=service_s)], left_s=600)
    saturated = plan.phases[1]
    assert plan.turn_of(saturated) == pytest.approx(turn_s, rel=0.01)
    assert isinstance(saturated.load, Connections)
    assert saturated.load.count == (32 if service_s < 0.02 else 8)


def test_an_app_that_works_by_itself_or_stands_still_for_long_is_measured_alone() -> None:
    for unfit in (learned(idle_cpu_share=0.3), learned(longest_gap_s=8.0)):
        assert adapted(planned(), [learned("werkzeug"), unfit], left_s=900).turn_s is None
    for fit in (learned(idle_cpu_share=0.01), learned(longest_gap_s=1.0)):
        assert adapted(planned(), [learned("werkzeug"), fit], left_s=290).turn_s == 0.2


def test_a_pause_is_waited_for() -> None:
    plan = adapted(planned(), [learned(longest_gap_s=1.0)], left_s=290)
    assert all(phase.patience_s >= 4.0 for phase in plan.phases)


@pytest.mark.parametrize("service_s", [0.0003, 0.005, 0.02, 0.05, 0.15])
def test_a_budget_of_90_s_has_room_for_four_blocks_of_four_stacks(service_s: float) -> None:
    stacks = ("gunicorn", "waitress", "uwsgi-http", "nginx+gunicorn")
    plan = adapted(planned(stacks=stacks), [learned(stack, service_s) for stack in stacks], left_s=80)
    assert plan.blocks >= 4
    assert plan.looks[0] == 3


def test_a_budget_that_is_too_short_is_told_with_the_one_that_would_do() -> None:
    """And that one is enough."""
    found = [learned(service_s=1.2), learned("werkzeug", 1.2)]
    with pytest.raises(UsageError) as told:
        adapted(planned(budget_s=30), found, left_s=20)
    assert "takes 1.2 s" in told.value.message
    assert "the budget is 30 s" in told.value.message
    minutes = int(told.value.hint.split("--budget ")[1].split("m")[0])
    assert adapted(planned(budget_s=60.0 * minutes), found, left_s=60.0 * minutes - 10).blocks >= 3


def takes_s(plan: Plan, each: Learned) -> float:
    """What all blocks take: starts, and all turns with leads and drains, unrecorded ones as well."""
    turns_s = 0.0
    for phase in plan.phases:
        rounds = rounds_of(plan, phase)
        drain_s = phase.load.count / each.bears_per_s if isinstance(phase.load, Connections) else each.service_s
        turns_s += (rounds.warm + rounds.measured) * (rounds.turn_s + 0.03 + drain_s)
    return plan.blocks * len(plan.stacks) * (each.start_s + turns_s)


@given(st.floats(0.0002, 1.5), st.integers(1, 8), st.floats(20, 3600), st.floats(0.3, 8.0))
def test_whatever_the_app_takes_the_plan_fits_its_budget(
    service_s: float, at_once: int, left_s: float, start_s: float
) -> None:
    """With what starts and turns take beside their load; or it is refused."""
    found = learned(service_s=service_s, at_once=at_once, start_s=start_s)
    try:
        plan = adapted(planned(), [found], left_s=left_s)
    except UsageError:
        return
    assert plan.blocks >= 3
    assert takes_s(plan, found) <= left_s


@pytest.mark.parametrize(("stacks", "left_s"), [(4, 37.0), (4, 50.0), (2, 20.0)])
def test_a_short_budget_gets_fewer_turns_before_fewer_than_four_blocks(stacks: int, left_s: float) -> None:
    names = ("gunicorn", "waitress", "uwsgi-http", "nginx+gunicorn")[:stacks]
    plan = adapted(planned(stacks=names, budget_s=60.0), [learned(name, start_s=1.0) for name in names], left_s=left_s)
    assert plan.blocks >= 4
    assert takes_s(plan, learned(start_s=1.0)) <= left_s


@pytest.mark.parametrize(("stacks", "blocks"), [(2, 11), (3, 6), (6, 4)])
def test_few_stacks_get_more_and_shorter_blocks(stacks: int, blocks: int) -> None:
    """Two of them in four blocks have three degrees of freedom, with which a fifth can hardly be told from chance."""
    names = ("gunicorn", "waitress", "uwsgi-http", "werkzeug", "nginx+gunicorn", "nginx+uwsgi")[:stacks]
    found = [learned(name, start_s=0.5) for name in names]
    plan = adapted(planned(stacks=names, budget_s=90.0), found, left_s=60.0)
    assert plan.blocks == blocks
    assert takes_s(plan, found[0]) <= 60.0


def test_a_long_budget_is_used() -> None:
    """As many blocks as are of use, each as long as ever."""
    plan = adapted(planned(), [learned()], left_s=590)
    assert plan.blocks == 24
    assert [phase.duration_s for phase in plan.phases] == pytest.approx([1.2, 1.2])


@pytest.mark.parametrize(
    ("fields", "left_s", "why"),
    [
        ({"service_s": 1.2}, 20, "One answer of gunicorn takes 1.2 s"),
        ({"start_s": 12.0}, 40, "gunicorn takes 12 s to start"),
        ({"longest_gap_s": 6.0}, 60, "gunicorn stood still for 6 s"),
    ],
)
def test_what_takes_the_time_is_named(fields: dict, left_s: float, why: str) -> None:
    with pytest.raises(UsageError) as told:
        adapted(planned(budget_s=left_s + 10), [learned(**fields)], left_s=left_s)
    assert told.value.message.startswith(why)


def test_a_rate_near_to_what_is_borne_is_given_time_to_settle() -> None:
    """At 90 % a queue is rarely empty; at half of it always soon."""
    near, half = (adapted(planned(rate=rate), [learned(service_s=0.02)], left_s=None) for rate in ("90/s", "50/s"))
    assert near.phases[0].patience_s > 10 > half.phases[0].patience_s


def test_blocks_without_a_duration_are_as_long_as_answers_take() -> None:
    plan = adapted(planned(blocks=3), [learned(service_s=0.5)], left_s=None)
    assert all(phase.duration_s >= 1.5 for phase in plan.phases)
    assert plan.blocks == 3


def test_an_engine_that_would_take_much_gets_cores_of_its_own() -> None:
    plan = planned()
    if plan.cores is None or not plan.cores.shared or len(plan.cores.stack) < 2:
        pytest.skip("takes a machine of two to seven cores")
    light = learned(engine_cpu_share=0.3 * len(plan.cores.shared))
    found = adapted(plan, [light], left_s=290).cores
    assert found is not None
    assert not found.shared
    assert "light" in found.why


def test_what_was_promised_is_kept() -> None:
    """Blocks and durations that were asked for stay; only the turns are fitted into them."""
    plan = adapted(planned(blocks=2, duration_s=8.0), [learned(service_s=0.15)], left_s=None)
    assert plan.blocks == 2
    assert {phase.duration_s for phase in plan.phases} == {4.0}
    assert adapted(planned(turn_s=0.4), [learned(service_s=0.15)], left_s=300).turn_of(plan.phases[0]) is not None
    asked = adapted(planned(turn_s=0.4), [learned(service_s=0.15)], left_s=300)
    assert {asked.turn_of(phase) for phase in asked.phases} == {0.4}


def test_nothing_learned_leaves_the_plan_as_it_was() -> None:
    plan = planned()
    assert adapted(plan, [], left_s=100) == plan


ARTICLE = (
    *("gunicorn", "uwsgi-http", "werkzeug"),
    *("nginx+gunicorn", "nginx+uwsgi", "nginx+uwsgi-http", "nginx+werkzeug"),
)
ALL_OF_ARTICLE = tuple(learned(stack, 1 / 1500, start_s=1.0) for stack in ARTICLE)


@pytest.mark.parametrize(("minutes", "share", "blocks"), [(10, 0.6, 4), (15, 1.0, 4), (30, 1.0, 8)])
def test_rates_are_held_for_less_where_there_would_be_too_few_blocks(minutes: int, share: float, blocks: int) -> None:
    """Seven stacks in ten minutes: two blocks of long holds would tell nothing from chance."""
    options = planned(stacks=ARTICLE, objectives=("capacity",), budget_s=60.0 * minutes)
    plan = adapted(options, ALL_OF_ARTICLE, left_s=60.0 * minutes - 25)
    assert plan.curve is not None
    assert (plan.curve.hold_share, plan.blocks) == (share, blocks)
