"""What is said of pairs and figures of which but bounds are known."""

import msgspec
import pytest

from support.curves import RATES, a_run_of_capacities
from wsgibench.analysis.verdict import verdict_of
from wsgibench.model.variant import Variant
from wsgibench.model.verdict import Answer, ClaimAnswer, ClaimPart, Comparison, Outcome, Ranking, Relation, Standing
from wsgibench.report.conclusions import changes, claim_lines, rows, winners
from wsgibench.report.conclusions.changes import _said
from wsgibench.report.conclusions.pairs import apart, briefly, span
from wsgibench.report.conclusions.rankings import open_pairs
from wsgibench.report.page.lead import lead_chart
from wsgibench.report.page.runs_chart import runs_chart

OLD_AND_NEW = (Variant(name="old"), Variant(name="new"))
BEYOND = (300, 300, 300)
SLOW = {"slow": dict.fromkeys(RATES, 1.0)}


def a_pair(low, high, outcome, ratio=None):
    return Comparison(first="b", second="a", ratio=ratio, low=low, high=high, outcome=outcome)


ENDS = pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (None, 0.4, "at least 60 % below"),
        (0.96, None, "at most 4 % below"),
        (1.5, None, "at least 50 % above"),
        (None, 1.07, "at most 7 % above"),
        (3.0, None, "at least 3.00 times"),
    ],
)


@ENDS
def test_one_end_says_how_far_apart_two_are_at_least_or_at_most(low, high, words):
    """A ratio that is at most 0.4 is at least 60 % below 1."""
    outcome = Outcome.UNDECIDED if "at most" in words else Outcome.WORSE if high else Outcome.BETTER
    found = a_pair(low, high, outcome)
    assert span(found) == words
    for said in (apart(found, "the best"), briefly(found)):
        assert said == f"{'undecided: ' if 'at most' in words else ''}{words} the best"


def a_ranking(*comparisons, bounds=("", "")):
    standings = tuple(
        Standing(stack=name, rank=1, value=100.0, low=None, high=None, counted=3, trials=3, bound=bound)
        for name, bound in zip("ba", bounds, strict=True)
    )
    return Ranking(
        objective="capacity", phase=None, asked=True, error=0.05, standings=standings, comparisons=comparisons
    )


def test_an_open_pair_is_said_by_the_end_that_is_known():
    """Whichever it is."""
    assert open_pairs(a_ranking(a_pair(None, 1.07, Outcome.UNDECIDED))) == ["b and a (b: at most 7 % above)"]
    assert open_pairs(a_ranking(a_pair(None, None, Outcome.UNDECIDED))) == ["b and a"]


@ENDS
def test_a_claim_is_answered_by_the_end_that_is_known(low, high, words, tmp_path):
    """In its reason."""
    answer = Answer.UNDECIDED if "at most" in words else Answer.SUPPORTED if low else Answer.NOT_SUPPORTED
    part = ClaimPart(
        first="b",
        relation=Relation.BETTER,
        second="a",
        objective="capacity",
        margin=0.05,
        answer=answer,
        low=low,
        high=high,
    )
    claim = ClaimAnswer(source="own", number=1, text="b > a on capacity", answer=answer, parts=(part,))
    verdict = verdict_of(a_run_of_capacities(tmp_path, {"gunicorn": (85, 86, 85)}))
    [line] = claim_lines(msgspec.structs.replace(verdict, claims=(claim,)))
    assert line.why == (f"b is {words} a",)


@pytest.mark.parametrize(
    ("low", "high", "outcome", "words"),
    [
        (1.5, None, Outcome.BETTER, "new is at least 50 % faster than old on capacity"),
        (None, 0.4, Outcome.WORSE, "new is at least 60 % slower than old on capacity"),
        (3.0, None, Outcome.BETTER, "new has at least 3.00 times the capacity of old"),
        (0.96, None, Outcome.UNDECIDED, "undecided on capacity: new is at most 4.0 % slower than old"),
        (None, 1.07, Outcome.UNDECIDED, "undecided on capacity: new is at most 7.0 % faster than old"),
        (1.2, 1.5, Outcome.BETTER, "new is between 20 % faster and 50 % faster than old on capacity"),
        (None, None, Outcome.UNDECIDED, "undecided on capacity: too few blocks to tell new from old"),
    ],
)
def test_a_change_of_which_one_end_is_known_is_said_by_it(low, high, outcome, words):
    """With the outcome, which is not open because no ratio is known."""
    found = a_pair(low, high, outcome)
    assert _said(None, a_ranking(found), found, "new", "old") == words


@pytest.mark.parametrize(
    ("its", "words"),
    [({}, "the limit was reached by neither"), (SLOW, "the limit was kept by neither")],
    ids=["reached", "kept"],
)
def test_where_bounds_hide_both_it_is_not_for_too_few_blocks(its, words, tmp_path):
    """In the sentence about the change, beside the ranking and in the first picture."""
    stacks = dict.fromkeys(("gunicorn@old", "gunicorn@new"), BEYOND)
    verdict = verdict_of(
        a_run_of_capacities(tmp_path, stacks, variants=OLD_AND_NEW, of_trials=dict.fromkeys(stacks, its))
    )
    [line] = [line for line in changes(verdict) if line.objective == "capacity"]
    assert line.sentence == f"undecided on capacity: {words}."
    [ranking] = [each for each in verdict.rankings if each.objective == "capacity"]
    assert f": {words}; " in rows(ranking)[1].remark
    assert words in str(lead_chart(verdict).data)


def test_a_figure_that_is_a_bound_says_so_wherever_it_stands(tmp_path):
    """Among what wins on what, and over several runs."""
    folder = a_run_of_capacities(tmp_path, {"granian": BEYOND, "gunicorn": (45, 46, 45)})
    verdict = verdict_of(folder)
    [winner] = [each for each in winners(verdict) if each.what == "capacity"]
    assert (winner.stacks, winner.value) == ("granian", "at least 110/s")
    chart = runs_chart("Capacity", [verdict.capacities], ["one"])
    assert "granian run 1 at least 110/s" in chart.description
    assert "'text': 'at least 110/s'" in str(chart.draw())
