"""The verdict in words, over made-up runs whose answer is known."""

import functools
import os
import re
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.made_up_runs import made_up
from wsgibench.analysis.verdict import verdict_of
from wsgibench.cli.conclusion import print_verdict
from wsgibench.model.objective import OBJECTIVES
from wsgibench.model.setup import ARTICLE_SETUP, DEFAULT_SETUP
from wsgibench.model.stack import ARTICLE_STACKS
from wsgibench.model.verdict import Comparison, Outcome, Ranking, Standing, Stop, Unranked, Verdict
from wsgibench.report.conclusions import (
    WinnerKind,
    answer,
    certainty,
    closing,
    headline,
    how_sure,
    limits,
    markdown,
    not_shown,
    of_what,
    winners,
)
from wsgibench.report.conclusions.quantities import change, figure, interval, significant
from wsgibench.report.wording import listed
from wsgibench.units import counted

SNAPSHOTS = Path(__file__).parent.parent / "snapshots"
GROUPS = dict(zip(ARTICLE_STACKS, (3000, 4000, 3000, 3000, 4000, 4000, 3000), strict=True))
ALIKE = dict.fromkeys(ARTICLE_STACKS, 3000)
RUNS = {
    "clear-winner": {
        "requests_per_s": dict(zip(ARTICLE_STACKS, (2860, 5010, 1850, 1900, 4220, 4550, 1720), strict=True)),
        "stop": Stop.SETTLED,
    },
    "all-tied": {"requests_per_s": ALIKE, "blocks": 9, "stop": Stop.SETTLED},
    "two-groups": {"requests_per_s": GROUPS, "blocks": 9, "stop": Stop.SETTLED},
    "all-undecided": {"requests_per_s": ALIKE, "noise": 0.2, "blocks": 4, "stop": Stop.HOPELESS},
    "one-pair-open": {
        "requests_per_s": {"gunicorn": 3000, "waitress": 3100, "granian": 5000},
        "noise": 0.03,
        "blocks": 4,
        "stop": Stop.BUDGET,
    },
    "one-close-pair-of-many": {
        "requests_per_s": dict(zip(ARTICLE_STACKS, (3000, 3000, 4000, 5000, 6000, 7000, 8000), strict=True)),
        "noise": 0.05,
        "blocks": 8,
        "stop": Stop.HOPELESS,
    },
    "everything-failed": {
        "requests_per_s": {"gunicorn": 3000, "waitress": 2000},
        "blocks": 3,
        "crashed": [("gunicorn", block) for block in (1, 2, 3)],
        "broken": [("waitress", block) for block in (1, 2, 3)],
        "stop": Stop.BLOCKS,
    },
    "one-stack": {"requests_per_s": {"gunicorn": 3000}, "blocks": 3, "stop": Stop.BLOCKS},
    "two-stacks": {"requests_per_s": {"gunicorn": 3000, "waitress": 2000}, "stop": Stop.SETTLED},
    "two-tied": {"requests_per_s": {"gunicorn": 3000, "waitress": 3010}, "noise": 0.005, "stop": Stop.SETTLED},
    "one-block": {
        "requests_per_s": {"gunicorn": 3000, "waitress": 2000},
        "blocks": 1,
        "looks": (),
        "stop": Stop.BLOCKS,
    },
    "one-trial-missing": {
        "requests_per_s": {"gunicorn": 3000, "waitress": 2000, "granian": 6500},
        "broken": [("waitress", 2)],
        "stop": Stop.SETTLED,
    },
    "one-stack-failed": {
        "requests_per_s": {"gunicorn": 3000, "waitress": 2000, "granian": 6500},
        "broken": [("waitress", block) for block in (1, 2, 3, 4)],
        "stop": Stop.SETTLED,
    },
    "interrupted": {"requests_per_s": {"gunicorn": 3000, "waitress": 2000}, "blocks": 3, "status": "interrupted"},
    "own-claims": {
        "requests_per_s": {"gunicorn": 3000, "waitress": 2000},
        "claims": ("gunicorn > waitress on p99", "waitress >= gunicorn within 10%", "gunicorn = waitress on memory"),
        "objectives": ("throughput", "p99", "memory"),
        "stop": Stop.SETTLED,
    },
    "too-few-blocks-for-the-budget": {
        "requests_per_s": {"gunicorn": 3000, "waitress": 2000},
        "blocks": 2,
        "looks": (3, 4),
        "stop": Stop.BUDGET,
    },
    "fixed-blocks": {
        "requests_per_s": {"gunicorn": 3000, "waitress": 2900},
        "blocks": 5,
        "noise": 0.04,
        "looks": (),
        "stop": Stop.BLOCKS,
    },
    "still-running": {"requests_per_s": {"gunicorn": 3000, "waitress": 2000}, "blocks": 3, "status": "running"},
    "broken-off": {"requests_per_s": {"gunicorn": 3000, "waitress": 2000}, "blocks": 3, "status": "failed"},
    "noisy-machine": {
        "requests_per_s": dict.fromkeys(ARTICLE_STACKS[:4], 3000),
        "noise": 0.12,
        "blocks": 9,
        "stop": Stop.BLOCKS,
    },
    "one-noisy-stack": {
        "requests_per_s": ALIKE,
        "blocks": 9,
        "noise": 0.01,
        "noisy": {"werkzeug": 0.3},
        "stop": Stop.HOPELESS,
    },
    "nothing-known": {
        "requests_per_s": {"gunicorn": 3000, "waitress": 2900},
        "blocks": 3,
        "noise": 1.5,
        "stop": Stop.HOPELESS,
    },
    "claim-about-a-stack-that-failed": {
        "requests_per_s": {"gunicorn": 3000, "waitress": 2000, "granian": 6500},
        "broken": [("waitress", block) for block in (1, 2, 3, 4, 5, 6)],
        "claims": ("gunicorn > waitress", "gunicorn >= granian within 10%"),
        "stop": Stop.SETTLED,
    },
    "claims-open": {
        "requests_per_s": {"gunicorn": 3000, "waitress": 2950},
        "blocks": 8,
        "noise": 0.005,
        "claims": ("waitress >= gunicorn within 2%", "waitress > granian on p99", "granian = uwsgi-http"),
        "stop": Stop.HOPELESS,
    },
    "no-memory-figures": {
        "requests_per_s": {"gunicorn": 3000, "waitress": 2000},
        "objectives": ("throughput", "memory"),
        "memory": False,
        "stop": Stop.SETTLED,
    },
    "latency": {
        "requests_per_s": {"gunicorn": 3000, "waitress": 1000},
        "objectives": ("mean",),
        "margin": 0.1,
        "stop": Stop.SETTLED,
    },
}


@pytest.fixture(scope="module")
def verdict_named(tmp_path_factory):
    """The verdict over one of the runs above, which is made once."""
    return functools.cache(lambda name: verdict_of(made_up(tmp_path_factory.mktemp(name), **RUNS[name])))


@pytest.mark.parametrize("name", RUNS)
def test_every_sentence(name, verdict_named, capsys):
    """Text and record are as they were when they were last looked at; UPDATE_SNAPSHOTS=1 writes them anew."""
    verdict = verdict_named(name)
    print_verdict(verdict)
    first_screen = [answer(verdict), how_sure(verdict), of_what(verdict), not_shown(verdict)]
    lines = [*capsys.readouterr().out.splitlines(), "", *first_screen, "", *certainty(verdict), *limits(verdict)]
    text = "\n".join(line.rstrip() for line in lines) + "\n"
    heading_of = SNAPSHOTS / f"verdict-{name}.txt"
    if "UPDATE_SNAPSHOTS" in os.environ:
        heading_of.write_text(text)
    assert text == heading_of.read_text()


def test_the_articles_setup_is_said(tmp_path):
    """On the terminal and in Markdown; without it nothing is."""
    said = "Set up as the article did: hops go by TCP, but where they speak the uwsgi protocol by private unix sockets"
    rates = {"gunicorn": 3000, "nginx+uwsgi": 2000}
    article, usual = (
        verdict_of(made_up(tmp_path / name, rates, setup=setup))
        for name, setup in (("article", ARTICLE_SETUP), ("usual", DEFAULT_SETUP))
    )
    assert said in " ".join(closing(article))
    assert "the proxy compresses and writes an access log" in markdown(article)
    assert "Set up" not in markdown(usual)


@pytest.mark.parametrize("name", RUNS)
def test_sentences_need_the_record_alone(name, verdict_named, capsys):
    """What was read from verdict.json says the same as what was concluded."""
    verdict = verdict_named(name)
    print_verdict(verdict)
    said = capsys.readouterr().out
    print_verdict(msgspec.json.decode(msgspec.json.encode(verdict), type=Verdict))
    assert capsys.readouterr().out == said


@pytest.mark.parametrize("name", RUNS)
def test_nothing_is_one_and_many(name):
    """No snapshot says ``1 blocks`` or ``2 block``."""
    text = (SNAPSHOTS / f"verdict-{name}.txt").read_text()
    assert not re.search(r"(?<![\d.,])1 (blocks|trials|pairs|stacks|cores|workers)\b", text)
    assert not re.search(r"(?<![\d.,])(?!1 )\d+ (block|trial|pair|stack|core|worker)\b", text)


@pytest.mark.parametrize("name", RUNS)
def test_no_more_is_asked_for_than_anybody_waits(name, verdict_named):
    """What is told to go on takes at most four times as long as the run; of more, something else is told."""
    verdict = verdict_named(name)
    said = " ".join(closing(verdict))
    for blocks in re.findall(r"--blocks (\d+) --duration", said):
        assert int(blocks) <= 4 * verdict.blocks or "Without the others" in said


@pytest.mark.parametrize("name", ["fixed-blocks", "one-close-pair-of-many"])
def test_the_margin_that_is_told_would_have_settled_it(name, tmp_path):
    """The same figures with that margin leave no pair open, and with a hundredth less they do."""
    verdict = verdict_of(made_up(tmp_path / "before", **RUNS[name]))
    (percent,) = re.findall(r"--margin (\d+)%", " ".join(closing(verdict)))
    told = {
        margin: verdict_of(made_up(tmp_path / str(margin), **RUNS[name], margin=margin / 100))
        for margin in (int(percent), int(percent) - 1)
    }
    assert [found.asked[0].settled for found in told.values()] == [True, False]


def test_the_winner_is_the_one_that_was_made(verdict_named):
    """Ranked by figure, every pair the right way round."""
    verdict = verdict_named("clear-winner")
    ranking = verdict.asked[0]
    assert ranking.winner == "uwsgi-http"
    assert [each.stack for each in ranking.standings[:4]] == [
        "uwsgi-http",
        "nginx+uwsgi-http",
        "nginx+uwsgi",
        "gunicorn",
    ]
    assert all(each.outcome is not Outcome.WORSE for each in ranking.comparisons)
    assert all(each.low < each.ratio < each.high for each in ranking.comparisons)
    answers = [claim.answer.value for claim in verdict.claims]
    assert answers == ["not supported", "not supported", "not supported", "supported"]


def a_ranking(ranks, **outcomes):
    """Stacks with these ranks; outcomes by pair, ``ab="tied"``, seen from the first."""
    standings = [
        Standing(stack=stack, rank=rank, value=1000.0 - heading_of, low=None, high=None, counted=6, trials=6)
        for heading_of, (stack, rank) in enumerate(ranks.items())
    ]
    comparisons = [
        Comparison(first=pair[0], second=pair[1], ratio=1.03, low=0.98, high=1.08, outcome=Outcome(outcome))
        for pair, outcome in outcomes.items()
    ]
    return Ranking(
        objective="throughput",
        phase=None,
        asked=True,
        error=0.05,
        standings=tuple(standings),
        comparisons=tuple(comparisons),
    )


@pytest.mark.parametrize(
    ("ranks", "outcomes", "words"),
    [
        ({"a": 1, "b": 1, "c": 2}, {"ab": "tied", "ac": "undecided", "bc": "better"}, "a and b are tied as best, "),
        ({"a": 1, "b": 1, "c": 2}, {"ab": "undecided", "ac": "undecided", "bc": "better"}, "not settled .*: a or b."),
        ({"a": 1, "b": 2, "c": 2}, {"ab": "tied", "ac": "better", "bc": "worse"}, "a and b are tied as best, "),
        ({"a": 1, "b": 2, "c": 3}, {"ab": "better", "ac": "undecided", "bc": "better"}, "not settled .*: a or c."),
    ],
)
def test_who_may_be_best(ranks, outcomes, words):
    """Nobody than whom another is better, be it settled or not beside the leader."""
    assert re.search(words, headline(a_ranking(ranks, **outcomes)))


def test_every_objective_is_ranked(verdict_named):
    """Asked for first, the others after it; without capacities, for which it took a curve."""
    verdict = verdict_named("latency")
    others = [name for name in OBJECTIVES if name not in ("mean", "capacity")]
    assert [ranking.objective for ranking in verdict.rankings] == ["mean", *others]
    assert [ranking.asked for ranking in verdict.rankings] == [True] + [False] * len(others)


@pytest.mark.parametrize(
    ("name", "objective", "kind", "stacks"),
    [
        ("clear-winner", "requests/s, saturated load", WinnerKind.BEST, "uwsgi-http"),
        ("clear-winner", "memory (PSS)", WinnerKind.TIED, "all 7 stacks"),
        ("two-tied", "p99 of response times, steady load", WinnerKind.TIED, "waitress and gunicorn"),
        ("all-undecided", "requests/s, saturated load", WinnerKind.OPEN, "all 7 stacks"),
        ("no-memory-figures", "memory (PSS)", WinnerKind.MISSING, "-"),
        ("one-stack", "memory (PSS)", WinnerKind.ALONE, "gunicorn"),
    ],
)
def test_what_wins_on_what(name, objective, kind, stacks, verdict_named):
    """The best, the tied ones, those that may be best; nobody where nothing was measured."""
    [found] = [each for each in winners(verdict_named(name)) if each.what == objective]
    assert (found.kind, found.stacks) == (kind, stacks)
    assert (found.value == "-") == (kind is WinnerKind.MISSING)
    assert bool(found.interval) == (kind not in (WinnerKind.OPEN, WinnerKind.MISSING))


def test_the_only_one_says_why_nothing_stands_beside_it(tmp_path):
    """With one stack there is no other; else the others' reason is said."""
    verdict = verdict_of(made_up(tmp_path, **RUNS["clear-winner"]))
    ranking = next(each for each in verdict.rankings if each.standings)
    first, other, *_ = ranking.standings
    left = Unranked(stack=other.stack, reason="5 of 6 trials failed the gate 'errors'")
    only = msgspec.structs.replace(ranking, standings=(first,), unranked=(left,), winner=None)
    [found] = winners(msgspec.structs.replace(verdict, rankings=(only,)))
    assert (found.kind, found.kind.value) == (WinnerKind.ALONE, "only one")
    assert found.remark == "no other can be ranked by this: 5 of 6 trials failed the gate 'errors'"


def test_before_any_figure_nothing_wins(tmp_path):
    """And the answer says so."""
    verdict = verdict_of(made_up(tmp_path, **RUNS["everything-failed"]))
    assert winners(verdict) == []
    assert answer(verdict) == "None of 6 trials counts, so nothing can be said."
    assert answer(msgspec.structs.replace(verdict, trials=0)) == "Nothing has been measured yet."


def test_asked_objectives_share_the_error(tmp_path):
    """Together they keep 5 %."""
    verdict = verdict_of(made_up(tmp_path, **RUNS["own-claims"]))
    assert sum(ranking.error for ranking in verdict.asked) == pytest.approx(0.05)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (4070.4, "4,070"),
        (12.34, "12.3"),
        (0.04123, "0.0412"),
        (9.996, "10.0"),
        (99.96, "100"),
        (999.6, "1,000"),
        (1.234e30, "1.23e+30"),
        (1.234e-30, "1.23e-30"),
        (0, "0"),
    ],
)
def test_three_digits(value, text):
    """No more than can be known, and no fewer, whatever rounding does to the length."""
    assert significant(value) == text


@given(st.floats(1e-6, 1e9))
def test_three_digits_are_near(value):
    """Never more than half a percent off."""
    assert float(significant(value).replace(",", "")) == pytest.approx(value, rel=0.0051)


def test_quantities():
    """Units stand once."""
    assert figure(0.0123, OBJECTIVES["p99"]) == "12.3 ms"
    assert interval(0.0123, 0.0145, OBJECTIVES["p99"]) == "(12.3 to 14.5)"
    assert interval(None, None, OBJECTIVES["p99"]) == ""
    assert change(0.57, 0.55, 0.59) == "43 % [41, 45]"
    assert change(3.2, 2.9, 3.5) == "3.20 times [2.90, 3.50]"
    assert change(0.001, 0.0005, 0.002) == "over 99 %"
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"], "or") == "a, b or c"
    assert (counted(1, "block"), counted(2, "block")) == ("1 block", "2 blocks")


@pytest.mark.parametrize("name", ["own-claims", "one-stack-failed"])
def test_markdown(name, verdict_named):
    """The same for a pull request; UPDATE_SNAPSHOTS=1 writes it anew."""
    text = markdown(verdict_named(name))
    heading_of = SNAPSHOTS / f"verdict-{name}.md"
    if "UPDATE_SNAPSHOTS" in os.environ:
        heading_of.write_text(text)
    assert text == heading_of.read_text()


def test_markdown_means_nothing_that_came_from_outside(tmp_path):
    """Names are shown as they are."""
    verdict = verdict_of(made_up(tmp_path, **RUNS["two-stacks"]))
    hostile = msgspec.structs.replace(verdict.circumstances, app="<b>*|`x`", store=None)
    text = markdown(msgspec.structs.replace(verdict, circumstances=hostile))
    assert r"\<b>\*\|\`x\`" in text
