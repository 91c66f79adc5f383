"""Enough requests behind each percentile that is ranked: planned where there is time, said where there is not."""

import json
import sys

import pytest

from support.command import run_wsgibench
from support.small_run import a_folder, add_trial, steady_latencies
from wsgibench.analysis.verdict import verdict_of
from wsgibench.bench.adapting import adapted
from wsgibench.bench.apps import sample_app
from wsgibench.bench.planning import plan_of
from wsgibench.bench.run_options import RunOptions
from wsgibench.errors import UsageError
from wsgibench.model.learned import Learned
from wsgibench.model.plan import Plan
from wsgibench.report.conclusions import winners
from wsgibench.report.page import page_of
from wsgibench.report.summary import FEW_SAID, summarize

TWO = ("gunicorn", "werkzeug")


def planned(**run_options) -> Plan:
    return plan_of(RunOptions(app=sample_app(directory="/", python=sys.executable), **{"stacks": TWO, **run_options}))


def learned(service_s: float, stack: str = "gunicorn") -> Learned:
    return Learned(
        stack=stack,
        service_s=service_s,
        bears_per_s=2 / service_s,
        connections=32,
        longest_gap_s=service_s,
        idle_cpu_share=0.0,
        engine_cpu_share=0.05,
        start_s=0.8,
    )


@pytest.mark.parametrize("service_s", [0.0005, 0.005, 0.02])
@pytest.mark.parametrize(("objective", "requests"), [("p50", 20), ("p90", 100), ("p99", 1000)])
def test_trials_are_long_enough_for_the_percentile_that_was_asked_for(
    service_s: float, objective: str, requests: int
) -> None:
    """At half of what the slowest bears: ten requests beyond it in nearly every trial, three blocks at least."""
    plan = adapted(planned(objectives=(objective,), budget_s=1200.0), [learned(service_s)], left_s=1190)
    steady = plan.phases[0]
    assert steady.load.start_per_s * steady.duration_s >= requests * 1.1
    assert plan.blocks >= 3


def test_so_they_are_for_a_percentile_of_a_claim() -> None:
    claimed = planned(claims=("gunicorn > werkzeug on p99",), budget_s=1200.0)
    plan = adapted(claimed, [learned(0.02)], left_s=1190)
    assert plan.phases[0].load.start_per_s * plan.phases[0].duration_s >= 1000


def test_no_load_is_longer_than_it_was_where_no_percentile_was_asked_for() -> None:
    for found in (learned(0.0005), learned(0.02)):
        assert adapted(planned(), [found], left_s=290).phases[0].duration_s <= 1.3


def test_a_budget_that_is_too_short_for_it_is_told_with_the_one_that_would_do() -> None:
    """And that one does."""
    found = [learned(0.05), learned(0.05, "werkzeug")]
    with pytest.raises(
        UsageError, match=r"A p99 takes 1,126 requests a trial, for ten to lie beyond it in nearly every one"
    ) as told:
        adapted(planned(objectives=("p99",)), found, left_s=290)
    minutes = int(told.value.hint.split("--budget ")[1].split("m")[0])
    plan = adapted(planned(objectives=("p99",), budget_s=60.0 * minutes), found, left_s=60.0 * minutes - 10)
    assert plan.phases[0].load.start_per_s * plan.phases[0].duration_s >= 1000


def test_a_duration_that_was_given_is_kept() -> None:
    plan = adapted(planned(objectives=("p99",), duration_s=6.0, blocks=3), [learned(0.02)], left_s=None)
    assert plan.phases[0].duration_s == pytest.approx(2.0)


def test_users_and_ramps_last_long_enough_from_the_beginning() -> None:
    """Their rate follows from what was asked for: 100 users every 2 s, 50/s on average."""
    users = planned(users=100, objectives=("p99",), budget_s=1200.0).phases[0]
    assert users.duration_s * 50 >= 1000
    ramp = planned(rate="20/s..80/s", objectives=("p99",), budget_s=1200.0).phases[0]
    assert ramp.duration_s * 50 >= 1000
    assert planned(users=100).phases[0].duration_s == 6.0
    with pytest.raises(UsageError, match="A p99 takes 1,126 requests"):
        planned(users=10, objectives=("p99",), budget_s=60.0)


@pytest.fixture
def few(tmp_path):
    """Two stacks, each with 80 requests in each of three trials: enough for a median, and no more."""
    folder = a_folder(tmp_path, ("gunicorn", "waitress"), blocks=3)
    for number in range(6):
        ms = 4 + number % 2 + number / 100
        stack = ("gunicorn", "waitress")[number % 2]
        add_trial(folder, number + 1, stack, {"steady": steady_latencies(ms, 4)}, block=number // 2 + 1)
    return folder


def test_a_percentile_with_fewer_than_ten_requests_beyond_it_is_not_ranked_and_says_why(few) -> None:
    """80 requests in each trial: 40 lie beyond the median, 8 beyond the p90, none beyond the p99."""
    rankings = {ranking.objective: ranking for ranking in verdict_of(few).rankings}
    assert [standing.stack for standing in rankings["p50"].standings] == ["gunicorn", "waitress"]
    for name, requests in (("p90", "100"), ("p99", "1,000")):
        assert rankings[name].standings == ()
        [reason] = {each.reason for each in rankings[name].unranked}
        assert reason.startswith(f"a {name} takes {requests} requests in each trial, for ten to lie beyond it")
    [p99] = [each for each in winners(verdict_of(few)) if each.what.startswith("p99")]
    assert p99.remark.startswith("a p99 takes 1,000 requests")


def test_it_is_marked_wherever_it_is_shown(few) -> None:
    """240 requests of all trials together: 24 lie beyond the p90, 2 beyond the p99."""
    rows = summarize(few)
    assert {row.few_beyond for row in rows} == {("p99",)}
    ended = run_wsgibench("report", str(few.path), "--pictures", "off")
    [line] = [line for line in ended.out.splitlines() if line.startswith("gunicorn  ")]
    assert line.count("*") == 1
    assert FEW_SAID in ended.out
    page = page_of(few, verdict_of(few))
    assert FEW_SAID in page
    assert page.count("Points stand for fewer than 100 requests: chance has a large part in them.") == 1
    document = json.loads(run_wsgibench("report", str(few.path), "--json", "--pictures", "off").out)
    assert document["summary"][0]["few_beyond"] == ["p99"]
    assert "p90 p99 p99.9" in (few.path / "results.csv").read_text()
    assert few.read().trials[0].phases["steady"].few_beyond == ("p90", "p99", "p999")


def test_failures_of_a_stack_without_any_figures_are_missing(tmp_path) -> None:
    """Never none."""
    folder = a_folder(tmp_path, ("gunicorn",))
    add_trial(folder, 1, "gunicorn", {}, status="failed", error="It did not start.")
    [row] = summarize(folder)
    assert row.failures is None
    ended = run_wsgibench("report", str(folder.path), "--pictures", "off")
    [line] = [line for line in ended.out.splitlines() if line.startswith("gunicorn  ")]
    assert line.split()[1:3] == ["-", "-"]
