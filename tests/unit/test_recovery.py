"""The gate that a stack passes which is after too much load as it was before."""

from dataclasses import replace

import msgspec
import pytest

from support.records import a_trial
from wsgibench.analysis.gates.evidence import Evidence, PhaseEvidence
from wsgibench.analysis.gates.recovery import recovery
from wsgibench.model.load import Rate
from wsgibench.model.plan import Thresholds
from wsgibench.model.recording import Recording


def seen(**p50s):
    """Evidence of rungs with these medians in seconds."""
    figures = a_trial().phases["steady"]
    phases = [
        PhaseEvidence(
            name=name.replace("_", "-"),
            load=Rate(start_per_s=10, end_per_s=10),
            figures=msgspec.structs.replace(
                figures, p50_s=p50_s, mean_s=p50_s, outcomes={"ok": 100 if p50_s else 0, "reset": 0 if p50_s else 100}
            ),
            recording=Recording(0.0),
            engine_cores=1,
            thresholds=Thresholds(),
            is_rung=True,
        )
        for name, p50_s in p50s.items()
    ]
    return Evidence(
        phases=phases,
        samples=(),
        expected_samples=0,
        monitor_died=False,
        monitor_warnings=(),
        restarts=None,
        idle_cpu_share=None,
        thresholds=Thresholds(),
    )


@pytest.mark.parametrize(
    ("before_s", "after_s", "passed"),
    [
        (0.005, 0.005, True),
        (0.005, 0.04, False),
        (0.0003, 0.0009, True),
        (0.0003, 0.0015, False),
        (0.001, 0.0024, True),
        (0.001, 0.0034, False),
        (0.1, 0.14, True),
        (0.1, 0.2, False),
    ],
)
def test_it_fails_where_the_median_stays_higher(before_s, after_s, passed):
    """By more than half, and more than nobody would notice: 2 ms, of quick answers as much as they took before."""
    gate = recovery(seen(curve_10=before_s, again_10=after_s))
    assert gate.passed is passed
    assert f"{after_s * 1e3:.1f} ms at a light load, before in {before_s * 1e3:.1f} ms" in gate.cause


def test_it_fails_where_nothing_is_answered_any_more():
    """Without a figure, which is missing and not 0."""
    gate = recovery(seen(curve_10=0.005, again_10=None))
    assert (gate.passed, gate.figure) == (False, None)


@pytest.mark.parametrize(("alone_s", "passed"), [((0.005, 0.0052), True), ((0.005, 0.04), False), ((), True)])
def test_it_fails_where_a_stack_was_slow_already_when_its_curve_began(alone_s, passed):
    """By its warm-up, or a look at what it bears: one request at a time takes longer than when it was fresh."""
    gate = recovery(replace(seen(curve_10=0.04, again_10=0.04), alone_s=alone_s))
    assert gate.passed is passed
    if not passed:
        assert "40.0 ms one request at a time, before it was warmed up in 5.0 ms" in gate.cause


def test_a_median_that_is_now_this_now_that_is_no_change():
    """Half of the answers take 4 ms and half 120: the median is either by chance, the mean is not."""
    evidence = seen(curve_10=0.004, again_10=0.12)
    before, after = (
        replace(each, figures=msgspec.structs.replace(each.figures, mean_s=0.06)) for each in evidence.phases
    )
    assert recovery(replace(evidence, phases=[before, after])).passed


def test_a_stack_that_always_failed_a_few_may_fail_a_few_more_by_chance():
    """Of 60 requests 2, and then 6: it sheds load whenever two come at once."""
    evidence = seen(curve_10=0.005, again_10=0.005)
    before, after = (
        replace(each, figures=msgspec.structs.replace(each.figures, outcomes={"ok": 60 - failed, "bad_status": failed}))
        for each, failed in zip(evidence.phases, (2, 6), strict=True)
    )
    assert recovery(replace(evidence, phases=[before, after])).passed


def test_a_rate_at_which_nothing_fell_due_says_nothing():
    """It was light, and held for a moment."""
    evidence = seen(curve_10=0.005, again_10=None)
    before, after = evidence.phases
    figures = msgspec.structs.replace(after.figures, outcomes={})
    assert recovery(replace(evidence, phases=[before, replace(after, figures=figures)])) is None


def test_it_is_not_asked_of_what_has_no_curve():
    """Nor of one that ended early."""
    assert recovery(seen()) is None
    assert recovery(seen(curve_10=0.005)) is None


@pytest.mark.parametrize(("failed", "passed"), [(0, True), (4, True), (5, False)])
def test_it_fails_where_requests_fail_that_did_not_before(failed, passed):
    """One in twenty and more, and not a few by chance."""
    evidence = seen(curve_10=0.005, again_10=0.005)
    before, after = evidence.phases
    figures = msgspec.structs.replace(after.figures, outcomes={"ok": 40, "reset": failed})
    assert recovery(replace(evidence, phases=[before, replace(after, figures=figures)])).passed is passed
