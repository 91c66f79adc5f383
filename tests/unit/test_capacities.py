"""Capacities of whole runs, from made-up curves: ranking, bounds, claims, workers."""

import re
from dataclasses import replace

import numpy as np
import pytest

from support.curves import a_capacity_run, a_curve, a_run_of_capacities, add_curve_trial
from wsgibench.analysis.capacities import Rung, capacity_of, held_share, read_to, rungs_of
from wsgibench.analysis.comparison.compare import compare_runs
from wsgibench.analysis.verdict import verdict_of
from wsgibench.analysis.verdict.tables import _with_common_bounds
from wsgibench.bench.objectives import curve_of, needs_loads
from wsgibench.bench.run_options import RunOptions
from wsgibench.cli.progress.sentences import in_words
from wsgibench.errors import UsageError
from wsgibench.model.app import App
from wsgibench.model.trial import TrialTimes
from wsgibench.model.verdict import Answer, Outcome
from wsgibench.report.conclusions import closing, headline, needed_in_words, rows, title
from wsgibench.stats.curves import READ_TO, Censoring


def judged(parent, capacities, **plan):
    verdict = verdict_of(a_run_of_capacities(parent, capacities, **plan))
    return verdict, next(each for each in verdict.rankings if each.objective == "capacity")


def test_stacks_are_ranked_by_what_they_bear(tmp_path):
    """With the limits in the title, and what to run at beside the figure."""
    verdict, ranking = judged(tmp_path, {"gunicorn": (85, 85, 85), "waitress": (45, 45, 45)})
    assert title(verdict, ranking).startswith("Most requests/s with p99 < 100 ms and errors < 0.1 % on this machine")
    first, second = ranking.standings
    assert (first.stack, first.limit) == ("gunicorn", "p99 < 100ms")
    assert 80 <= first.value <= 96
    assert 40 <= second.value <= 80
    assert ranking.winner == "gunicorn"
    assert "80 % of that, to run at: " in rows(ranking)[0].remark
    assert "below the best; 80 % of that" in rows(ranking)[1].remark


def test_only_what_the_run_has_a_figure_of_is_ranked(tmp_path):
    """A run without any other load has capacities and memory."""
    verdict, _ = judged(tmp_path, {"gunicorn": (85, 85, 85), "waitress": (45, 45, 45)})
    assert [each.objective for each in verdict.rankings] == ["capacity", "memory"]


def test_a_limit_that_every_rate_keeps_makes_a_bound(tmp_path):
    """It is better than what bears less, by nobody knows how much, and its figure is the end of its curve."""
    _, ranking = judged(tmp_path, {"granian": (1e6, 1e6, 1e6), "gunicorn": (45, 45, 45)})
    row = rows(ranking)[0]
    assert (row.stack, row.value, row.interval) == ("granian", "at least 110/s", "")
    assert row.remark.startswith("the limit was not reached at the highest rate")
    found = ranking.between("granian", "gunicorn")
    assert (found.ratio, found.high, found.outcome) == (None, None, Outcome.BETTER)
    assert found.low > 1
    assert headline(ranking).startswith("granian is best: at least 110 requests/s, at least ")


def test_a_limit_that_no_rate_keeps_makes_one_too(tmp_path):
    """Which limit it was is said."""
    _, ranking = judged(tmp_path, {"gunicorn": (85, 85, 85), "waitress": (1, 1, 1)})
    row = rows(ranking)[1]
    assert (row.stack, row.value) == ("waitress", "less than 10.0/s")
    assert "p99 < 100 ms was not kept at the lowest rate" in row.remark


def test_that_too_few_requests_show_that_a_limit_is_kept_is_said(tmp_path):
    """The lowest rate kept it as far as is known: one in 40 failed near the top, of some 60 below none."""
    trial = {"rates": (10, 20), "hold_s": 0.2, "failing": {20: 0.025}}
    stacks = {"gunicorn": (100, 100, 100), "waitress": (1, 1, 1)}
    folder = a_run_of_capacities(tmp_path, stacks, of_trials={"gunicorn": trial})
    verdict = verdict_of(folder)
    ranking = next(each for each in verdict.rankings if each.objective == "capacity")
    first, second = rows(ranking)
    assert (first.stack, first.value) == ("gunicorn", "less than 20.0/s")
    assert first.remark.endswith(
        "too few requests below 20.0/s to show that errors < 0.1 % is kept; hold rates longer (--hold)"
    )
    assert "not kept at the lowest rate" not in first.remark
    assert "p99 < 100 ms was not kept at the lowest rate" in second.remark
    assert [(each.less_than, each.too_few) for each in ranking.standings] == [(3, 3), (3, 0)]
    trials, curve = folder.read().trials, folder.read_run().plan.curve
    words = [in_words(capacity_of([*rungs_of(each)], curve)) for each in trials]
    assert sum("too few requests below" in word for word in words) == 3


def test_blocks_may_differ_in_why_a_capacity_is_less(tmp_path):
    """Each reason with its blocks."""
    folder = a_capacity_run(tmp_path, ["gunicorn"], blocks=3)
    add_curve_trial(folder, 1, "gunicorn", 100, rates=(10, 20), hold_s=0.2, failing={20: 0.025})
    for block in (2, 3):
        add_curve_trial(folder, block, "gunicorn", 1, block=block)
    ranking = next(each for each in verdict_of(folder).rankings if each.objective == "capacity")
    [row] = rows(ranking)
    assert "was not kept at the lowest rate in 2 of 3 blocks, too few requests at lower rates to show" in row.remark
    assert row.remark.endswith("is kept in 1 of 3 blocks; hold rates longer (--hold)")


def test_that_a_queue_decides_is_said(tmp_path):
    """That a limit broke would be false: all of them are kept at the rate at which it grew."""
    growing = {"gunicorn": {"pending": {90: 200, 100: 200, 110: 200}}}
    folder = a_run_of_capacities(tmp_path, {"gunicorn": (300,) * 3, "waitress": (45,) * 3}, of_trials=growing)
    verdict = verdict_of(folder)
    ranking = next(each for each in verdict.rankings if each.objective == "capacity")
    assert [(each.stack, each.by_queue) for each in ranking.standings] == [("gunicorn", True), ("waitress", False)]
    first, second = rows(ranking)
    assert first.remark.endswith("/s (beyond it queues grow, before a limit breaks)")
    assert "queue" not in second.remark
    words = [in_words(capacity_of([*rungs_of(trial)], folder.read_run().plan.curve)) for trial in folder.read().trials]
    assert sum(word.endswith("/s, then a queue grows") for word in words) == 3
    assert sum(word.endswith("/s, then p99 < 100ms breaks") for word in words) == 3


def test_in_how_many_blocks_it_is_a_bound_is_said(tmp_path):
    """Of the others the limit was reached: that it was not would be false of them."""
    _, ranking = judged(tmp_path, {"gunicorn": (85, 1e6, 85), "waitress": (45, 45, 1)})
    first, second = rows(ranking)
    assert first.value.startswith("at least ")
    assert "the limit was not reached at the highest rate in 1 of 3 blocks" in first.remark
    assert "p99 < 100 ms was not kept at the lowest rate in 1 of 3 blocks" in second.remark


def test_a_stack_of_which_only_bounds_are_known_does_no_harm_to_the_others(tmp_path):
    """Where its curves end is chance, and makes no noise of it; the widest bound holds for all blocks."""
    others = {"gunicorn": (85,) * 4, "waitress": (45,) * 4}
    alone, _ = judged(tmp_path / "alone", others)
    beside, _ = judged(tmp_path / "beside", others | {"granian": (1e-9, 1e-9, 1e-9, 1e-9)})
    [one], [other] = ([each for each in it.rankings if each.asked] for it in (alone, beside))
    pairs = [each.between("gunicorn", "waitress") for each in (one, other)]
    assert [each.outcome for each in pairs] == [Outcome.BETTER] * 2
    assert pairs[1].low == pytest.approx(pairs[0].low, rel=0.05)
    table = _with_common_bounds(np.array([[5.0, 9.0], [7.0, 8.0], [6.0, 7.0]]), np.array([[-1, 1], [-1, 0], [0, 1]]))
    assert table.tolist() == [[7.0, 7.0], [7.0, 8.0], [6.0, 7.0]]


@pytest.mark.parametrize("others", [(45, 45, 45, 45, 45, 70), (45, 45, 45, 45, 45, 20)])
def test_a_bound_is_what_was_read_wherever_others_stood(tmp_path, others):
    """A block in which another stack was quicker, or slower, tells nothing of it."""
    _, ranking = judged(tmp_path, {"gunicorn": (1e6,) * 6, "waitress": others, "granian": (1,) * 6})
    values = {each.stack: (each.bound, each.value) for each in ranking.standings}
    assert values["gunicorn"] == ("at least", pytest.approx(110))
    assert values["granian"] == ("less than", pytest.approx(10))


def test_what_is_not_known_to_be_kept_hides_what_is_broken_later(tmp_path):
    """The p99 is broken at 50/s; that errors are kept so far is not known."""
    curve = a_curve("p99 < 100ms", "errors < 0.1%")
    p99 = curve.limits[0].text
    rungs = [
        Rung(rate_per_s=rate, requests=asked, failures=failures, timed=asked, slower={p99: slower})
        for rate, asked, failures, slower in ((40.0, 60, 0, 0), (60.0, 120, 2, 60))
    ]
    found = capacity_of(rungs, curve)
    assert found.crossing.censoring is Censoring.LESS_THAN


def test_intervals_reach_farther_where_rates_were_held_too_briefly():
    """Of a stack whose queue takes longer to form; of others as far as ever. Whoever chose the time."""
    usual, brief = a_curve("p99 < 100ms"), a_curve("p99 < 100ms", requests=400, hold_share=0.6)
    assert [held_share(each, 400.0) for each in (usual, brief)] == [1.0, pytest.approx(0.12)]
    assert 0.06 < read_to(brief, 400.0) < 0.07
    assert read_to(brief, 4000.0) == read_to(usual, 400.0) == READ_TO
    held = [held_share(a_curve("p99 < 100ms", hold_s=hold_s), 400.0) for hold_s in (0.2, 1.0, 5.0, 6.0)]
    assert held == [pytest.approx(0.04), pytest.approx(0.2), 1.0, 1.0]
    assert held_share(a_curve("p99 < 100ms", hold_s=0.2), 4000.0) == pytest.approx(0.1)
    assert held_share(a_curve("errors < 1%", hold_s=5.0), 400.0) == 1.0


def test_nothing_is_recommended_where_blocks_contradict_one_another(tmp_path):
    """Neither is the figure taken for exact: by the law of more workers, or as what to run at."""
    capacities = {f"gunicorn:w{workers}": (40 + 8 * workers,) * 3 for workers in (1, 2, 3, 4)}
    verdict, ranking = judged(tmp_path, capacities | {"gunicorn:w6": (1, 1e6, 99)}, wanted_per_s=90.0)
    [row] = [row for row in rows(ranking) if row.stack == "gunicorn:w6"]
    assert row.value.startswith("perhaps ")
    assert row.interval == ""
    assert "to run at" not in row.remark
    assert "not kept at the lowest rate in 1 of 3 blocks, the limit was not reached at the highest rate" in row.remark
    assert verdict.scaling == ()
    [sentence] = needed_in_words(verdict)
    assert sentence.endswith(": of 6 workers the blocks contradict one another.")


def test_two_that_are_both_bounds_are_not_settled_and_no_blocks_are_asked_for(tmp_path):
    """More of the same would never tell."""
    verdict, ranking = judged(tmp_path, {"granian": (1e6, 1e6, 1e6), "uwsgi-http": (1e6, 1e6, 1e6)})
    assert ranking.between("granian", "uwsgi-http").outcome is Outcome.UNDECIDED
    assert ranking.blocks_needed is None
    assert ranking.winner is None
    said = " ".join(closing(verdict))
    assert said.startswith("Not settled after 3 blocks")
    assert "of what is open only bounds are known, which more blocks do not mend" in said
    assert "More blocks would not settle it: no more than bounds is known." in said


def test_of_what_was_not_measured_nothing_is_claimed(tmp_path):
    """Rather than by a figure that the trials do have: waitress takes more memory here."""
    claims = ("waitress > gunicorn on throughput", "granian > gunicorn on p50")
    folder = a_capacity_run(tmp_path, ["gunicorn", "waitress"], claims=claims, objectives=("capacity", "throughput"))
    for block in range(3):
        for position, (stack, pss_bytes) in enumerate((("gunicorn", 4e7), ("waitress", 9e7))):
            add_curve_trial(folder, 2 * block + position + 1, stack, 85, block=block + 1, pss_bytes=pss_bytes)
    verdict = verdict_of(folder)
    assert [claim.answer for claim in verdict.claims] == [Answer.UNDECIDED] * 2
    [[first], [second]] = [claim.parts for claim in verdict.claims]
    assert first.missing == "waitress and gunicorn could not be ranked"
    assert second.missing == "granian is not in this run"
    [of_throughput] = [each for each in verdict.rankings if each.objective == "throughput"]
    assert of_throughput.standings == ()
    later = a_capacity_run(tmp_path / "later", ["gunicorn", "waitress"], claims=("waitress > gunicorn on p99",))
    for number, stack in enumerate(("gunicorn", "waitress"), start=1):
        add_curve_trial(later, number, stack, 85, block=1)
    [[part]] = [claim.parts for claim in verdict_of(later).claims]
    assert part.missing == "this run has no p99 of response times"


@pytest.mark.parametrize(
    ("claims", "loads"),
    [
        ((), False),
        (("gunicorn > waitress on throughput",), True),
        (("gunicorn > waitress on memory",), False),
        (("granian > waitress on throughput",), False),
    ],
    ids=["none", "of the run", "that a curve tells", "of others"],
)
def test_what_is_claimed_is_measured(claims, loads):
    """A claim about the run's stacks is one of its objectives, and gets the load that it takes."""
    options = RunOptions(app=App(target="a:b", directory="."), objectives=("capacity",), claims=claims)
    assert needs_loads(options, ("gunicorn", "waitress")) is loads


@pytest.mark.parametrize(
    ("capacity", "claim", "answer"),
    [
        (85, "gunicorn > waitress on capacity", Answer.SUPPORTED),
        (85, "waitress > gunicorn on capacity", Answer.NOT_SUPPORTED),
        (1e6, "gunicorn > waitress", Answer.SUPPORTED),
        (1e6, "gunicorn = waitress", Answer.NOT_SUPPORTED),
    ],
)
def test_claims_on_capacities_are_answered(tmp_path, capacity, claim, answer):
    """Those about a bound, too, where it says enough."""
    verdict, _ = judged(tmp_path, {"gunicorn": (capacity,) * 3, "waitress": (45,) * 3}, claims=(claim,))
    assert verdict.claims[0].answer is answer


def test_the_fewest_workers_that_surely_are_enough_are_named(tmp_path):
    """By the lower end of the interval, with what fewer bear."""
    capacities = {"gunicorn:w1": (45, 45, 45), "gunicorn:w2": (85, 85, 85), "gunicorn:w4": (99, 99, 99)}
    verdict, _ = judged(tmp_path, capacities, wanted_per_s=80.0)
    [sentence] = needed_in_words(verdict)
    assert sentence.startswith("80/s with p99 < 100 ms and errors < 0.1 %: gunicorn needs 2 workers (1 worker bears ")


def test_a_rate_that_none_is_shown_to_bear_is_not_shown(tmp_path):
    """Nothing is extrapolated to more workers than were measured."""
    verdict, _ = judged(tmp_path, {"gunicorn:w1": (45, 45, 45), "gunicorn:w2": (85, 85, 85)}, wanted_per_s=5000.0)
    [sentence] = needed_in_words(verdict)
    assert "not shown for gunicorn with 1 or 2 workers (2 workers bear " in sentence


def test_what_more_workers_bring_is_said_where_five_numbers_of_them_were_measured(tmp_path):
    """By the universal scalability law, and of no number beyond them; of four nothing is said."""
    capacities = {"gunicorn:w1": 45, "gunicorn:w2": 75, "gunicorn:w3": 85, "gunicorn:w4": 94, "gunicorn:w6": 104}
    capacities = {stack: (each, each, each) for stack, each in capacities.items()}
    verdict, _ = judged(tmp_path / "five", capacities)
    [found] = verdict.scaling
    assert (found.way, found.measured, found.highest) == ("gunicorn", (1, 2, 3, 4, 6), 6)
    assert found.off < 1
    [sentence] = needed_in_words(verdict)
    assert sentence.startswith("gunicorn with 1 to 6 workers, by the universal scalability law: a worker bears ")
    assert "more up to 6, the most measured" in sentence
    flat, _ = judged(tmp_path / "flat", dict.fromkeys(capacities, (45, 45, 45)))
    [said] = needed_in_words(flat)
    assert "e+" not in said, "of work of which all is done by one at a time"
    capacities.popitem()
    verdict, _ = judged(tmp_path / "four", capacities)
    assert verdict.scaling == ()


def test_a_capacity_that_varies_across_the_rate_is_not_enough(tmp_path):
    """Its figure lies above, the end of its interval below."""
    verdict, _ = judged(tmp_path, {"gunicorn:w1": (45, 85, 99), "gunicorn:w2": (85, 85, 85)}, wanted_per_s=50.0)
    assert verdict.needed[0].workers == 2


def test_runs_are_compared_by_capacity_where_their_limits_are_alike(tmp_path):
    """Another limit makes another figure of it; a bound says nothing of a change."""
    before = a_run_of_capacities(tmp_path / "a", {"gunicorn": (45, 46, 45), "granian": (1e6,) * 3})
    after = a_run_of_capacities(tmp_path / "b", {"gunicorn": (85, 86, 85), "granian": (1e6,) * 3})
    [change] = compare_runs([before, after], margin=0.05).others
    [found] = change.objectives
    assert [each.stack for each in found.stacks] == ["gunicorn"]
    assert found.stacks[0].outcome is Outcome.BETTER
    assert [each.stack for each in found.uncompared] == ["granian"]
    other = a_run_of_capacities(tmp_path / "c", {"gunicorn": (85, 86, 85)}, limits=("p99 < 200ms",))
    with pytest.raises(UsageError, match="p99 < 200ms"):
        compare_runs([before, other], margin=0.05)


def test_a_limit_that_is_written_otherwise_is_the_same(tmp_path):
    """A tenth of a second is 100 ms."""
    runs = [
        a_run_of_capacities(tmp_path / limit[6:], {"gunicorn": (45, 46, 45)}, limits=(limit,))
        for limit in ("p99 < 100ms", "p99 < 0.1s")
    ]
    [change] = compare_runs(runs, margin=0.05).others
    assert change.differences == ()


def test_that_rates_were_held_otherwise_is_said_of_runs_that_are_compared(tmp_path):
    """It makes figures more or less exact, and is no reason to refuse."""
    before = a_run_of_capacities(tmp_path / "a", {"gunicorn": (45, 46, 45)})
    after = a_run_of_capacities(tmp_path / "b", {"gunicorn": (85, 86, 85)}, hold_s=5.0, requests=500)
    [change] = compare_runs([before, after], margin=0.05).others
    assert [(each.name, each.before, each.after, each.unlike) for each in change.differences] == [
        ("curve, hold", "as long as it takes", "5 s", False),
        ("curve, requests held for", "2,000", "500", False),
    ]


def test_so_is_that_the_budget_had_room_for_shorter_ones_alone(tmp_path):
    """What is held for less finds a capacity that is a little higher."""
    before = a_run_of_capacities(tmp_path / "a", {"gunicorn": (45, 46, 45)})
    after = a_run_of_capacities(tmp_path / "b", {"gunicorn": (85, 86, 85)}, hold_share=0.6)
    [change] = compare_runs([before, after], margin=0.05).others
    assert [(each.name, each.before, each.after) for each in change.differences] == [
        ("curve, hold", "as long as it takes", "60 % of what it takes"),
    ]


def test_a_curve_that_breaks_its_limit_below_the_capacity_is_said_to_be_uneven(tmp_path):
    """Of the requests at 10/s one in ten is slow, in each block; of those at 10/s to 80/s together too few."""
    folder = a_capacity_run(tmp_path, ["gunicorn"], blocks=3)
    for block in (1, 2, 3):
        add_curve_trial(folder, block, "gunicorn", 85, block=block, slow={10.0: 0.1})
    verdict = verdict_of(folder)
    [caution] = [caution for caution in verdict.cautions if caution.name == "uneven-curve"]
    assert caution.cause == "gunicorn broke a limit at rates below what it bears, too, in 3 of 3 trials, up to 10/s."
    assert verdict.rankings[0].standings[0].value > 60


def test_advice_to_go_on_is_in_options_that_capacity_has(tmp_path):
    """A curve is as long as it takes: there is no --duration of it, and what else would end the run is its budget."""
    capacities = {"gunicorn": (84, 86, 84, 88, 86), "granian": (86, 90, 90, 86, 92)}
    folder = a_capacity_run(tmp_path, list(capacities), blocks=5)
    for block in range(5):
        for position, (stack, of_blocks) in enumerate(capacities.items()):
            number = 2 * block + position + 1
            times = TrialTimes(started_s=100.0 * number, stopped_s=100.0 * number + 99)
            add_curve_trial(folder, number, stack, of_blocks[block], block=block + 1, times=times)
    said = " ".join(closing(verdict_of(folder)))
    assert re.search(r"--blocks \d+ --budget \d+m\b", said), said
    assert "--duration" not in said


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"limits": ("p99 < 1s",)}, "The limit 'p99 < 1s'"),
        ({"wanted_per_s": 2000.0}, "The rate of --for"),
        ({"hold_s": 5.0}, "The time of --hold"),
    ],
)
def test_what_is_said_of_a_capacity_that_nothing_asks_for_is_refused(given, words):
    """It would be passed over in silence."""
    options = RunOptions(app=App(target="shop:app", directory="/srv"), **given)
    with pytest.raises(UsageError) as refused:
        curve_of(options, ("throughput",))
    assert refused.value.message == f"{words} is one of a capacity, which this run does not look for."
    assert curve_of(options, ("throughput", "capacity")) is not None


@pytest.mark.parametrize("given", [{"limits": ("p99 < 1s",)}, {"wanted_per_s": 2000.0}, {"hold_s": 5.0}])
def test_what_the_configuration_says_of_a_capacity_does_not_stop_other_runs(given):
    """It stands there for wsgibench capacity; what is typed is refused all the same."""
    options = RunOptions(app=App(target="shop:app", directory="/srv"), not_typed=frozenset(given), **given)
    assert curve_of(options, ("throughput",)) is None
    assert curve_of(options, ("capacity",)) is not None
    with pytest.raises(UsageError):
        curve_of(replace(options, not_typed=frozenset({"seed"})), ("throughput",))
