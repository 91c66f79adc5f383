"""Which gates are asked of the rates of a curve."""

import pytest

from support.curves import a_curve, a_rung
from support.fakes import a_plan
from support.small_run import latencies
from wsgibench.analysis.gates import check_all
from wsgibench.analysis.gathering import MonitorData, Span, gather
from wsgibench.model.trial import Turn

HOLD_S = 2.0
BROKEN_PER_S = 80


def failed_gates(engine_share_at, *, broken_from_per_s=BROKEN_PER_S):
    """What fails of a stack that breaks its limit from that rate on, where the engine took so much of a core."""
    rungs = [*map(a_rung, (10, 40, 80, 90, 100)), a_rung(10, "again")]
    recordings, spans = {}, []
    for rung in rungs:
        rate = rung.load.start_per_s
        count = round(rate * HOLD_S) * 10
        recordings[rung.name] = latencies([400.0 if rate >= broken_from_per_s else 10.0] * count)
        turn = Turn(
            phase=rung.name,
            start_s=0.0,
            duration_s=HOLD_S,
            outcomes={"ok": count},
            stack_cpu_s=1.0,
            engine_cpu_s=engine_share_at.get(rate, 0.0) * HOLD_S,
        )
        spans.append(Span(rung, [turn], {"server": 1.0}))
    watched = MonitorData(samples=(), began_s=0.0, ended_s=60.0, expected=0, died=False, warnings=())
    plan = a_plan(["gunicorn"], phases=(), curve=a_curve("p99 < 100ms"))
    evidence = gather(plan, spans, recordings, watched, engine_cores=1)
    return {(gate.name, gate.phase) for gate in check_all(evidence) if not gate.passed and gate.phase}


@pytest.mark.parametrize("rate", [10, 40, 80])
def test_what_the_engine_takes_counts_up_to_the_first_rate_that_breaks_the_limit(rate):
    """From there and below it the capacity follows."""
    found = failed_gates({rate: 0.9})
    assert {("engine-share", f"curve-{rate}"), ("engine-busy", f"curve-{rate}")} <= found


def test_what_it_takes_further_above_does_not():
    """There a queue grows, all of which it keeps connections for."""
    assert failed_gates({90: 0.9, 100: 0.95}) == set()


def test_where_the_curve_can_be_read_no_further_what_the_engine_takes_counts_up_to_there():
    """What lies below is right, and a capacity is known to be at least that."""
    assert failed_gates({100: 0.9}, broken_from_per_s=1000) == set()
    assert failed_gates({80: 0.9, 90: 0.9, 100: 0.95}) == set()
    assert ("engine-busy", "curve-10") in failed_gates({10: 0.9, 90: 0.9, 100: 0.95}, broken_from_per_s=90)


def test_what_it_takes_at_the_lowest_rate_always_counts():
    """Nothing can be read there."""
    assert ("engine-busy", "curve-10") in failed_gates({10: 0.9}, broken_from_per_s=1)
    assert ("engine-busy", "curve-10") in failed_gates(dict.fromkeys((10, 40, 80, 90, 100), 0.9))
    assert failed_gates({40: 0.9}, broken_from_per_s=1) == set()
