"""The rates at which a candidate is measured: from those that were, what comes next."""

import msgspec
import pytest

from support.curves import a_curve
from support.records import a_learned
from wsgibench.analysis.capacities import capacity_of, grew
from wsgibench.bench.ladder import Ladder, hold_s, planned_s
from wsgibench.model.plan import Phase
from wsgibench.model.trial import Turn
from wsgibench.stats.curves import Censoring

LEARNED = a_learned(service_s=0.001, bears_per_s=1000.0, connections=32, engine_cpu_share=0.0)


def climbed(capacity_per_s, limits=("p99 < 100ms",), *, failing_from_per_s=float("inf")):
    """The ladder of a stack that is slow beyond its capacity, all of it measured; and in which steps."""
    ladder, steps = Ladder(a_curve(*limits), LEARNED), []
    while due := ladder.next():
        steps.append([rung.name for rung in due])
        for rung in due:
            rate = rung.load.start_per_s
            asked = round(rate * rung.duration_s)
            failed = asked // 10 if rate > failing_from_per_s else 0
            done = Turn(
                phase=rung.name,
                start_s=0.0,
                duration_s=rung.duration_s,
                outcomes={"ok": asked - failed, "bad_status": failed},
                stack_cpu_s=None,
                engine_cpu_s=0.0,
                slower=(asked if rate > capacity_per_s else 0,),
            )
            ladder.add(rung, done)
    return ladder, steps


def found(ladder, limits=("p99 < 100ms",)):
    return capacity_of(ladder.seen, a_curve(*limits))


@pytest.mark.parametrize("capacity_per_s", [120.0, 333.0, 900.0, 1050.0])
def test_it_closes_in_until_two_rates_are_close_together(capacity_per_s):
    """Wherever the limit is, and from light load to more than the candidate was found to bear."""
    ladder, steps = climbed(capacity_per_s)
    crossing = found(ladder).crossing
    assert crossing.low_per_s <= capacity_per_s <= crossing.high_per_s <= 1.06 * crossing.low_per_s
    assert len(ladder.rungs) <= 14
    assert steps[0] == ["curve-100"]


def test_the_lightest_rate_comes_first_and_again_last():
    """To see whether the candidate is as it was before it was asked for more than it bears."""
    ladder, steps = climbed(500.0)
    assert (steps[0], steps[-1]) == (["curve-100"], ["again-100"])
    assert [rung.name for rung in ladder.rungs].count("curve-100") == 1


def test_where_the_top_keeps_the_limit_it_goes_on_upwards():
    """The first look may have found too little; in the end it stops, and says at least."""
    assert found(climbed(1300.0)[0]).crossing.high_per_s > 1300.0
    endless = found(climbed(1e9)[0]).crossing
    assert endless.censoring is Censoring.AT_LEAST
    assert endless.rate_per_s > 2000.0


def test_where_the_lightest_rate_breaks_the_limit_it_goes_on_downwards():
    """And says less than, in the end."""
    assert found(climbed(30.0)[0]).crossing.low_per_s <= 30.0
    assert found(climbed(0.0)[0]).crossing.censoring is Censoring.LESS_THAN


def test_of_several_limits_it_closes_in_on_the_first_that_is_broken():
    """Here failures, at a rate at which nothing is slow yet."""
    ladder, _ = climbed(900.0, failing_from_per_s=400.0)
    capacity = found(ladder)
    assert capacity.limit == "errors < 0.1%"
    assert capacity.crossing.low_per_s <= 400.0 <= capacity.crossing.high_per_s


def test_a_rate_is_held_for_as_long_as_limit_answers_and_percentile_take():
    """Two seconds; twenty times the limit; a hundred answers; as many requests as the curve wants."""
    assert hold_s(a_curve("p99 < 10ms"), LEARNED) == 2.0
    assert hold_s(a_curve("p99 < 1s"), LEARNED) == 20.0
    assert hold_s(a_curve("p99 < 10ms", requests=5000), LEARNED) == 5.0
    assert hold_s(a_curve("p99 < 50ms", hold_s=0.5), LEARNED) == 0.5


def test_a_rate_is_held_until_ten_requests_lie_beyond_the_percentile():
    """Of a p999 10,000 of them; fewer where the budget has no room, as of all else."""
    assert hold_s(a_curve("p999 < 10ms"), LEARNED) == 10.0
    assert hold_s(a_curve("p999 < 10ms", requests=400), LEARNED) == 2.0


def test_a_stack_that_keeps_a_limit_nowhere_is_soon_left_alone():
    """One answer takes longer than the limit: it goes down twice, and its time is planned."""
    ladder, _ = climbed(0.001, ("p99 < 1ms",))
    assert len(ladder.rungs) == 5 + 2 * 3 + 1
    curve, slow = a_curve("p99 < 1ms"), msgspec.structs.replace(LEARNED, service_s=0.002)
    took_s = sum(1.2 * rung.duration_s for rung in ladder.rungs)
    assert planned_s(curve, slow) > 0.8 * took_s
    assert planned_s(curve, slow) > planned_s(a_curve("p99 < 10ms"), slow)


def test_a_rate_is_held_longer_where_a_queue_is_long_before_it_breaks_the_limit():
    """Into 20 ms fit 20 requests, whose square counts; of 50 three times as many as else are enough, and 200 are near
    to all that the stack can do."""
    assert hold_s(a_curve("p99 < 20ms"), LEARNED) == 4.0
    assert hold_s(a_curve("p99 < 50ms"), LEARNED) == 6.0
    assert hold_s(a_curve("p99 < 200ms"), LEARNED) == 4.0


def test_a_rate_far_below_what_a_stack_bears_is_held_longer_for_its_requests():
    """At 1,000/s a hold of 2 s has as many requests as the curve wants; near a limit at 300/s it takes 4 s."""
    ladder, _ = climbed(300.0, ("p99 < 10ms",))
    near = {rung.duration_s for rung in ladder.rungs if 280 < rung.load.start_per_s < 320}
    assert near == {4.0}
    given = Ladder(a_curve("p99 < 10ms", hold_s=2.0), LEARNED)
    assert {rung.duration_s for rung in given.next()} == {1.0}


@pytest.mark.parametrize("capacity_per_s", [120.0, 250.0, 333.0, 600.0, 900.0])
def test_each_rate_can_be_told_to_an_engine(capacity_per_s):
    """As JSON, for which a number of NumPy is none: one of them ended runs whose limit was far below what they bore."""
    ladder, _ = climbed(capacity_per_s)
    assert msgspec.json.decode(msgspec.json.encode(ladder.rungs), type=list[Phase]) == ladder.rungs


def held(*, pending: int, requests: int, has_settled: bool) -> Turn:
    """What came of a rate with so many requests, of which so many waited in the end."""
    return Turn(
        phase="curve-100",
        start_s=0.0,
        duration_s=2.0,
        outcomes={"ok": requests},
        stack_cpu_s=None,
        engine_cpu_s=0.0,
        pending=pending,
        has_settled=has_settled,
    )


def test_a_queue_grows_where_more_is_left_than_chance_leaves():
    """Of 10,000 requests that come at random one standard deviation is 100; and one that came to rest never grew."""
    assert grew(held(pending=101, requests=10_000, has_settled=False))
    assert not grew(held(pending=100, requests=10_000, has_settled=False))
    assert not grew(held(pending=500, requests=10_000, has_settled=True))
