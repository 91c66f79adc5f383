"""What became of an app, in one sentence for each figure, over made-up runs whose answer is known."""

import re

import pytest

from support.made_up_runs import made_up
from support.small_run import BROKEN, add_trial, latencies
from wsgibench.analysis.verdict import verdict_of
from wsgibench.model.answer_table import Answers
from wsgibench.model.variant import Variant
from wsgibench.report.conclusions import answer, changes, how_sure, markdown
from wsgibench.report.variants import bodies_between_in_words

OTHER_BODIES = "new and old answer with other bodies on"
OLD_AND_NEW = (Variant(name="old"), Variant(name="new"))


def told(parent, slower, *, stacks=("gunicorn",), **plan):
    """The sentences about a new variant that is so many times slower, by objective."""
    rates = {f"{stack}@{name}": rate for stack in stacks for name, rate in (("old", 3000), ("new", 3000 / slower))}
    fields = {"noise": 0.002, "blocks": 9, "margin": 0.02, "variants": OLD_AND_NEW} | plan
    verdict = verdict_of(made_up(parent, rates, **fields))
    found = {}
    for line in changes(verdict):
        found.setdefault(line.objective, []).append(line.sentence)
    return found, verdict


def test_a_slowdown_is_told_with_its_interval(tmp_path):
    """In the direction that the sentence says, to a tenth of a percent."""
    found, verdict = told(tmp_path, 1.05)
    [sentence] = found["throughput"]
    match = re.fullmatch(r"new is (\S+) % \[(\S+), (\S+)\] slower than old on requests/s\.", sentence)
    how_far, low, high = map(float, match.groups())
    assert low < 100 * (1 - 1 / 1.05) < high
    assert low <= how_far <= high
    assert re.fullmatch(r"new is \S+ % \[.*\] slower than old on mean response time\.", found["mean"][0])
    assert re.fullmatch(r"new takes \S+ % \[.*\] more CPU time for 1,000 requests than old\.", found["cpu"][0])
    assert answer(verdict) == sentence


def test_so_is_what_became_faster(tmp_path):
    found, _ = told(tmp_path, 0.8)
    assert re.fullmatch(r"new is 25 % \[.*\] faster than old on requests/s\.", found["throughput"][0])
    assert re.fullmatch(r"new takes 20 % \[.*\] less CPU time .* than old\.", found["cpu"][0])


def test_what_is_several_times_as_much_is_told_so(tmp_path):
    found, _ = told(tmp_path, 3)
    assert re.fullmatch(r"new has (2\.9|3\.0)\d times \[.*\] the mean response time of old\.", found["mean"][0])


def test_no_difference_says_how_small_it_is(tmp_path):
    """The limit is beyond both ends of the interval."""
    found, verdict = told(tmp_path, 1.0)
    match = re.fullmatch(
        r"no difference beyond (\d+) % \[(\S+), (\S+)\] between new and old on requests/s\.", found["throughput"][0]
    )
    limit, low, high = map(float, match.groups())
    assert -limit <= low <= high <= limit
    assert answer(verdict).startswith("No difference beyond")


def test_what_is_undecided_says_what_it_would_take(tmp_path):
    found, _ = told(tmp_path, 1.0, noise=0.04, blocks=12, looks=(3, 12))
    assert re.fullmatch(
        r"undecided on requests/s: new is between \S+ % slower and \S+ % faster than old; to settle it would take "
        r"about [\d,]+ blocks, .* in all\.",
        found["throughput"][0],
    )


def test_what_may_be_anything_is_said_without_figures(tmp_path):
    """Nobody learns from an interval from nothing to a million."""
    found, _ = told(tmp_path, 1.0, noise=1.5, blocks=3)
    assert found["throughput"][0].startswith("undecided on requests/s: new may be anything beside old")


def test_too_few_blocks_are_said(tmp_path):
    found, _ = told(tmp_path, 1.0, blocks=1, looks=())
    assert found["throughput"] == ["undecided on requests/s: too few blocks to tell new from old."]


def test_what_failed_is_said(tmp_path):
    """With the reason that the ranking has, of what the run was to settle alone."""
    found, _ = told(tmp_path, 1.0, blocks=3, broken=[("gunicorn@new", block) for block in (1, 2, 3)])
    reason = "gunicorn@new: of its 3 trials 3 failed the gate 'errors'"
    assert found["throughput"] == [f"nothing can be said of new beside old on requests/s ({reason})."]
    assert found.keys() == {"throughput"}


def test_several_stacks_are_named(tmp_path):
    """And what was asked for comes first."""
    found, verdict = told(tmp_path, 1.1, stacks=("gunicorn", "nginx+uwsgi:w4"), objectives=("p99",))
    assert [sentence.rpartition(" with ")[2] for sentence in found["p99"]] == ["gunicorn.", "nginx+uwsgi:w4."]
    assert [line.asked for line in changes(verdict)][:3] == [True, True, False]
    assert answer(verdict) == " ".join(found["p99"])


def test_by_several_figures_all_are_told_at_once(tmp_path):
    """Where one shows the change and the other none, the one alone would hide it; and each pair is compared twice."""
    _, verdict = told(tmp_path, 1.0, objectives=("throughput", "memory"), within_stacks=True, noise=0.03, blocks=4)
    assert re.match(r"(Undecided|No difference).* on requests/s.* on memory \(PSS\)", answer(verdict)), answer(verdict)
    assert "pair" not in how_sure(verdict)
    if any(each.is_open for ranking in verdict.asked for each in ranking.comparisons):
        assert re.search(r"of 2 comparisons (is|are) open", how_sure(verdict))


@pytest.mark.parametrize("variants", [(), OLD_AND_NEW[:1]])
def test_a_run_without_variants_has_no_changes(tmp_path, variants):
    verdict = verdict_of(made_up(tmp_path, {"gunicorn": 3000, "waitress": 2000}, variants=variants))
    assert changes(verdict) == []
    assert "beside" not in markdown(verdict).partition("####")[0]


def test_markdown_begins_with_them(tmp_path):
    """What was asked for in bold, after what the variants are."""
    _, verdict = told(tmp_path, 1.05)
    text = markdown(verdict)
    assert text.startswith("- old: the app as it is.\n- new: the app as it is.\n- Installed: ")
    assert "#### new beside old\n\n- **new is 4" in text
    assert text.index("new beside old") < text.index("Most requests/s")


@pytest.mark.parametrize(
    ("new", "said"),
    [
        ({"/a": 1, "/b": 2}, "new and old answer with the same bodies on 2 paths."),
        (
            {"/a": 1, "/b": 3, "/c": 4},
            f"{OTHER_BODIES} 1 of 2 paths, such as /b; on the others they are the same, such as /a.",
        ),
        ({"/b": 3}, f"{OTHER_BODIES} 1 of 1 path, such as /b."),
        ({}, None),
    ],
)
def test_bodies_that_differ_between_variants_are_told(tmp_path, new, said):
    """Over the paths that were asked of both; with an example each way."""
    folder = made_up(tmp_path, {"gunicorn@old": 3000, "gunicorn@new": 3000}, blocks=3, variants=OLD_AND_NEW)
    folder.write_answers(Answers.of({"/a": 1, "/b": 2}), "old")
    folder.write_answers(Answers.of(new), "new")
    verdict = verdict_of(folder)
    assert bodies_between_in_words(verdict) == ([said] if said else [])
    assert (f"- {said}" in markdown(verdict)) is (said is not None)


@pytest.mark.parametrize(("answers", "fails"), [("old", "new"), ("new", "old")])
def test_what_one_state_answers_and_the_other_fails_is_told_with_a_path(tmp_path, answers, fails):
    """Where some of its requests failed, and it surely was asked; a change may mend a path as well."""
    rates = {"gunicorn@old": 3000, "gunicorn@new": 3000}
    folder = made_up(tmp_path, rates, blocks=3, variants=OLD_AND_NEW)
    folder.write_answers(Answers.of({"/a": 1, "/b": 2}), answers)
    folder.write_answers(Answers.of({"/a": 1}), fails)
    said = f"{fails} has no good answer to 1 path that {answers} answers, such as /b."
    assert said not in bodies_between_in_words(verdict_of(folder))
    figures = latencies(*[[1.0] * 40] * 4, failures=[1])
    add_trial(folder, 7, f"gunicorn@{fails}", {"steady": figures, "saturated": figures}, block=4, gates=[BROKEN])
    assert said in bodies_between_in_words(verdict_of(folder))
