"""What functions take more or less, over made-up samplings whose answer is known."""

import re

import msgspec
import numpy as np
import pytest

from support.made_up_runs import made_up
from support.records import a_run
from support.sampled import SAMPLE_S, a_sampling, samplings
from wsgibench.analysis.verdict import verdict_of
from wsgibench.analysis.verdict.sampled import sampled_changes
from wsgibench.errors import UsageError
from wsgibench.model.sampling import Calls, Sampling, Samplings
from wsgibench.model.stack import parse_candidate
from wsgibench.model.variant import Variant
from wsgibench.report.conclusions import function_tables, functions_in_words, markdown
from wsgibench.report.flame import flame_frames
from wsgibench.report.page import page_of

VARIANTS = Variant(name="old"), Variant(name="new")
OLD, NEW = "gunicorn@old", "gunicorn@new"


def concluded(parent, *each):
    folder = made_up(parent, {OLD: 3000, NEW: 2000}, blocks=3, variants=VARIANTS)
    folder.write_samplings(samplings(*each))
    return folder, verdict_of(folder)


def test_the_function_that_takes_more_is_named(tmp_path):
    """With its microseconds, and not the ones that call it: those take as much by themselves."""
    old = a_sampling(OLD, {"app/show": (50,) * 4, "app/show/price": (100,) * 4, "app/show/digest": (40,) * 4})
    new = a_sampling(NEW, {"app/show": (51,) * 4, "app/show/price": (300,) * 4, "app/show/digest": (39,) * 4})
    _, verdict = concluded(tmp_path, old, new)
    (change,) = verdict.sampled
    price = change.functions[0]
    assert (price.name, price.file, price.is_sure) == ("price", "shop.py", True)
    assert (price.before_s, price.after_s) == pytest.approx((100 * SAMPLE_S, 300 * SAMPLE_S))
    show = next(each for each in change.functions if each.name == "show")
    assert (show.all_before_s, show.all_after_s) == pytest.approx((190 * SAMPLE_S, 390 * SAMPLE_S))
    assert [each.name for each in change.functions if each.is_sure] == ["price"]
    (table,) = function_tables(verdict)
    assert table.rows == (("price (shop.py)", "1,000", "3,000", "+2,000"),)
    assert "| price (shop.py) | 1,000 | 3,000 | +2,000 |" in markdown(verdict)


def test_nothing_is_made_of_chance():
    """Two hundred functions that did not change, on a machine that does other things: of twenty runs few name any."""
    plan = msgspec.structs.replace(a_run().plan, stacks=(parse_candidate(OLD), parse_candidate(NEW)), variants=VARIANTS)
    draw, named = np.random.default_rng(3), 0
    for _ in range(20):
        busy = draw.uniform(0.8, 1.25, 8)  # from round to round
        drawn = [
            {f"f{each}": draw.poisson(busy[side * 4 : side * 4 + 4] * (1 + each / 4)).tolist() for each in range(200)}
            for side in (0, 1)
        ]
        (change,) = sampled_changes(plan, samplings(a_sampling(OLD, drawn[0]), a_sampling(NEW, drawn[1])))
        named += any(each.is_sure for each in change.functions)
    assert named <= 3


def test_where_nothing_is_sure_a_sentence_says_so(tmp_path):
    calls = {"app": (100,) * 4}
    _, verdict = concluded(tmp_path, a_sampling(OLD, calls), a_sampling(NEW, calls))
    said = "No function takes surely more or less, by at least 400 samples of each by py-spy."
    assert (function_tables(verdict), functions_in_words(verdict)) == ([], [said])
    assert said in markdown(verdict)


def test_what_was_not_sampled_says_why_and_the_verdict_stands(tmp_path):
    old = Sampling(candidate=OLD, missing="The system does not let py-spy look into processes.")
    folder, verdict = concluded(tmp_path, old, a_sampling(NEW, {"app": (3,)}))
    (said,) = functions_in_words(verdict)
    assert said.startswith("What functions take more or less is not known: gunicorn@old was not sampled. The system ")
    assert verdict.rankings[0].standings
    assert "does not let py-spy look into processes" in page_of(folder, verdict)


def test_a_run_without_samplings_says_nothing_of_them(tmp_path):
    verdict = verdict_of(made_up(tmp_path, {OLD: 3000, NEW: 2000}, blocks=3, variants=VARIANTS))
    assert (verdict.sampled, function_tables(verdict), functions_in_words(verdict)) == ((), [], [])


def test_a_damaged_sampling_is_none(tmp_path):
    """The run is as good without."""
    folder, _ = concluded(tmp_path, a_sampling(OLD, {"app": (3,)}), a_sampling(NEW, {"app": (3,)}))
    text = (folder.path / "sampled.json").read_text()
    nothing_seen = re.sub(r'("samples": \[\s*)3', r"\g<1>0", text)
    no_time = re.sub(r'("sample_s": \[\s*)[^\]\s]+', r"\g<1>0.0", text)
    for damage in (re.sub(r'"path": \[\s*0', '"path": [7', text), text[:-9], "[]", nothing_seen, no_time):
        assert damage != text
        (folder.path / "sampled.json").write_text(damage)
        assert folder.read_samplings() is None
        assert verdict_of(folder).sampled == ()


@pytest.mark.parametrize("path", [(), (1,), (-1,), (0,) * 1000])
def test_calls_are_of_functions_that_are_there(path):
    sound = a_sampling(OLD, {"app": (3,)})
    with pytest.raises(UsageError):
        msgspec.structs.replace(sound, calls=(Calls(path=path, samples=(3,)),))


def test_frames_lie_within_their_callers_and_beside_one_another():
    """However deep, and whichever of the two has them."""
    old = a_sampling(OLD, {"app/show": (50, 70), "app/show/gone": (20, 20), "app/a/b/c": (9, 11)})
    new = a_sampling(NEW, {"app/show": (90, 30), "app/show/come": (80, 80), "app/a/b/c": (10, 10)})
    frames = flame_frames(old, new)
    whole = frames[0]
    assert whole.right_s == pytest.approx((90 + 150) / 2 * SAMPLE_S)
    for frame in frames[1:]:
        assert frame.right_s - frame.left_s == pytest.approx((frame.before_s + frame.after_s) / 2)
        callers = [each for each in frames if each.depth == frame.depth - 1]
        assert any(each.left_s - 1e-12 <= frame.left_s and frame.right_s <= each.right_s + 1e-12 for each in callers)
        others = [each for each in frames if each.depth == frame.depth and each is not frame]
        assert all(frame.right_s <= each.left_s + 1e-12 or each.right_s <= frame.left_s + 1e-12 for each in others)
    by = {frame.name: frame for frame in frames}
    assert (by["gone"].after_s, by["come"].before_s) == (0, 0)


def test_of_very_many_calls_the_widest_are_drawn():
    calls = {f"app/f{each}": (10 + each,) for each in range(290)} | {
        f"app/f{each}/g{each}": (5,) for each in range(290)
    }
    deep = "/".join(f"d{each}" for each in range(119))
    frames = flame_frames(a_sampling(OLD, calls | {deep: (4000,)}), a_sampling(NEW, calls | {deep: (4000,)}))
    assert len(frames) <= 2000
    assert max(frame.depth for frame in frames) == 119


def test_samplings_are_read_as_they_were_written(tmp_path):
    written = samplings(a_sampling(OLD, {"app": (3, 4)}), Sampling(candidate=NEW, missing="It did not start."))
    assert msgspec.json.decode(msgspec.json.encode(written), type=Samplings) == written
