"""Claims: what is read from a text, and what a run answers."""

import pytest

from support.made_up_runs import made_up
from wsgibench.analysis.verdict import verdict_of
from wsgibench.analysis.verdict.claims import claims_of
from wsgibench.analysis.verdict.interim import interim_look
from wsgibench.analysis.verdict.statements import Statement, statement_of
from wsgibench.errors import WsgibenchError
from wsgibench.model.stack import ARTICLE_STACKS
from wsgibench.model.verdict import Relation


@pytest.mark.parametrize(
    ("text", "statement"),
    [
        ("a > b", Statement(first="a", relation=Relation.BETTER, second="b")),
        ("nginx+uwsgi:w6>=b", Statement(first="nginx+uwsgi:w6", relation=Relation.AT_LEAST_TIED, second="b")),
        (
            "a >= b on cpu within 50%",
            Statement(first="a", relation=Relation.AT_LEAST_TIED, second="b", margin=0.5, objective="cpu"),
        ),
        ("a = b on p99", Statement(first="a", relation=Relation.TIED, second="b", objective="p99")),
        (
            " a >= b within 2.5 % on memory ",
            Statement(first="a", relation=Relation.AT_LEAST_TIED, second="b", margin=0.025, objective="memory"),
        ),
    ],
)
def test_statements(text, statement):
    """Spaces are free; margin and objective may be left out."""
    assert statement_of(text) == statement


@pytest.mark.parametrize(
    "text",
    ["", "a", "a < b", "a > b > c", "a > b on", "a > b within", "a > b within -1%", "> b", "a > b on p99 on p50"],
)
def test_other_texts_are_refused(text):
    """With the text in the message."""
    with pytest.raises(WsgibenchError, match="is not a claim"):
        statement_of(text)


@pytest.mark.parametrize("text", ["a > b within 0%", "a > b within 51%", "a > b within 999%"])
def test_margins_that_make_no_sense_are_refused(text):
    """Nothing is within nothing, and what is within half is tied for nobody."""
    with pytest.raises(WsgibenchError, match="no sensible margin"):
        statement_of(text)


@pytest.mark.parametrize(("margin", "answer"), [("13%", "not supported"), ("15%", "supported")])
@pytest.mark.parametrize("objective", ["throughput", "mean"])
def test_within_is_the_share_that_it_says(tmp_path, margin, answer, objective):
    """14 % behind is within 15 %: 14 % fewer requests/s, and 14 % more time for each."""
    slower = 0.86 if objective == "throughput" else 1 / 1.14
    rates = {"gunicorn": 3000, "waitress": 3000 * slower}
    claim = f"waitress >= gunicorn within {margin} on {objective}"
    verdict = verdict_of(made_up(tmp_path, rates, noise=0.001, blocks=9, claims=(claim,)))
    assert [each.answer for each in verdict.claims] == [answer]


def test_a_claim_of_other_stacks_by_another_figure_stays_undecided(tmp_path):
    """It may be of the same project for another run, with figures that this one has not."""
    claims = ("granian > uvicorn on capacity", "gunicorn > waitress on capacity")
    folder = made_up(tmp_path, {"gunicorn": 3000, "waitress": 2000}, blocks=3, looks=(3,), claims=claims)
    parts = [part for claim in verdict_of(folder).claims for part in claim.parts]
    assert [part.missing for part in parts] == ["granian and uvicorn are not in this run", "this run has no capacity"]
    assert interim_look(folder.read(), blocks_possible=3).claims_open == 0


def test_the_article_is_asked_with_each_number_of_workers(tmp_path):
    """And not at all of stacks that the run does not have."""
    both = [f"{stack}:{workers}" for stack in ARTICLE_STACKS for workers in ("w6", "w60")]
    plan = made_up(tmp_path, dict.fromkeys(both, 1000), blocks=1).read_run().plan
    claims = list(claims_of(plan))
    assert [claim.number for claim in claims] == [1, 2, 3, 4, 1, 2, 3, 4]
    assert {part.first.partition(":")[2] for part in claims[0].parts} == {"w6"}
    few = made_up(tmp_path, {"nginx+uwsgi": 1000, "nginx+uwsgi-http": 1000}, blocks=1).read_run().plan
    assert [claim.number for claim in claims_of(few)] == [3]


def test_claims_are_about_candidates(tmp_path):
    """A stack with its variant is what is measured, so it is what is claimed of; the article's too, of each variant."""
    rates = {"gunicorn@old": 3000, "gunicorn@new": 2900}
    claims = ("gunicorn@new >= gunicorn@old within 10%", "gunicorn@new >= gunicorn@old within 2% on p99")
    folder = made_up(tmp_path, rates, noise=0.001, blocks=9, claims=claims, objectives=("throughput", "p99"))
    assert [each.answer for each in verdict_of(folder).claims] == ["supported", "not supported"]
    variants = [f"{stack}@{name}" for stack in ARTICLE_STACKS for name in ("a", "b")]
    found = list(claims_of(made_up(tmp_path, dict.fromkeys(variants, 1000), blocks=1).read_run().plan))
    assert [claim.number for claim in found] == [1, 2, 3, 4, 1, 2, 3, 4]
    assert {part.first.partition("@")[2] for part in found[0].parts} == {"a"}


@pytest.mark.parametrize(
    ("claim", "answer"),
    [
        ("gunicorn > waitress", "supported"),
        ("waitress > gunicorn", "not supported"),
        ("gunicorn > waitress on mean", "supported"),
        ("waitress >= gunicorn within 50%", "supported"),
        ("waitress >= gunicorn within 33%", "undecided"),
        ("waitress >= gunicorn within 20%", "not supported"),
        ("waitress >= gunicorn", "not supported"),
        ("gunicorn = waitress on memory", "supported"),
    ],
)
def test_answers(tmp_path, claim, answer):
    """3,000/s against 2,000/s is a third less, or half as much again; latencies are their reciprocals."""
    verdict = verdict_of(made_up(tmp_path, {"gunicorn": 3000, "waitress": 2000}, noise=0.05, claims=(claim,)))
    assert [each.answer for each in verdict.claims] == [answer]


def test_a_stack_that_cannot_be_ranked_leaves_its_claims_open(tmp_path):
    """With the reason."""
    broken = [("waitress", block) for block in range(1, 7)]
    rates = {"gunicorn": 3000, "waitress": 2000}
    verdict = verdict_of(made_up(tmp_path, rates, broken=broken, claims=("gunicorn > waitress",)))
    [claim] = verdict.claims
    assert claim.answer == "undecided"
    assert claim.parts[0].missing == "waitress could not be ranked"
