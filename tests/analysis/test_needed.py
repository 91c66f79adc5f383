"""How many workers a rate takes: when the run has said enough of it, and what it says."""

import pytest

from support.curves import a_run_of_capacities
from wsgibench.analysis.verdict import verdict_of
from wsgibench.analysis.verdict.interim import interim_look
from wsgibench.model.verdict import Stop
from wsgibench.report.conclusions import needed_in_words
from wsgibench.report.curve_pictures import curve_pictures

LOOKS = tuple(range(3, 10))
APART = {"gunicorn:w1": (20, 21, 20), "gunicorn:w2": (86, 84, 88), "gunicorn:w4": (104, 105, 104)}
"""By their curves these bear some 10/s, 84/s (give or take 3 %) and 102/s."""


def look(parent, capacities, wanted_per_s, *, blocks_possible=9, **plan):
    folder = a_run_of_capacities(parent, capacities, wanted_per_s=wanted_per_s, looks=LOOKS, **plan)
    return interim_look(folder.read(), blocks_possible=blocks_possible)


def needed(parent, capacities, wanted_per_s, **plan):
    """What is found, and the sentence."""
    verdict = verdict_of(a_run_of_capacities(parent, capacities, wanted_per_s=wanted_per_s, **plan))
    [found] = verdict.needed
    return found, needed_in_words(verdict)[0]


def test_a_run_goes_on_until_it_is_known_how_many_workers_are_enough(tmp_path):
    """All pairs are settled, far apart, while two workers may be enough or not."""
    found = look(tmp_path, APART, 80.0)
    assert (found.settled, found.pairs) == (3, 3)
    assert (found.rates_open, found.stop) == (1, None)


@pytest.mark.parametrize("wanted_per_s", [70.0, 1e4])
def test_it_ends_where_that_is_known(tmp_path, wanted_per_s):
    """Two workers surely are enough; or none is."""
    found = look(tmp_path, {stack: (each[0],) * 3 for stack, each in APART.items()}, wanted_per_s)
    assert (found.rates_open, found.stop) == (0, Stop.SETTLED)


def test_more_workers_than_are_surely_enough_keep_nobody(tmp_path):
    """Whether four are enough is of no use where one is."""
    capacities = {"gunicorn:w1": (104, 105, 104), "gunicorn:w4": (86, 84, 88)}
    assert look(tmp_path, capacities, 83.0).stop is Stop.SETTLED


def test_what_could_hardly_be_known_in_time_ends_the_run(tmp_path):
    """As of every other question."""
    capacities = APART | {"gunicorn:w2": (86, 86, 86)}
    found = needed(tmp_path / "whole", capacities, 83.0)[0].found[1]
    assert look(tmp_path / "going", capacities, found.per_s, blocks_possible=4).stop is Stop.HOPELESS


def test_what_no_block_can_tell_keeps_nobody(tmp_path):
    """The highest rate was borne, or the lowest was not; what is asked about lies beyond."""
    found = look(tmp_path / "more", {"gunicorn:w1": (20, 20, 20), "gunicorn:w2": (1e6, 1e6, 1e6)}, 500.0)
    assert found.stop is Stop.HOPELESS
    found = look(tmp_path / "less", {"gunicorn:w1": (1, 1, 1), "gunicorn:w2": (104, 105, 104)}, 5.0)
    assert found.stop is Stop.HOPELESS


def test_fewer_that_may_be_enough_are_not_called_too_few(tmp_path):
    """Four surely are, and two perhaps."""
    found, sentence = needed(tmp_path, APART, 83.0)
    assert (found.workers, [each.is_enough for each in found.found]) == (4, [False, None, True])
    assert "4 workers are enough for gunicorn (2 workers bear " in sentence
    assert sentence.endswith("which is not settled.")


def test_why_nothing_is_shown_of_a_single_block_is_said(tmp_path):
    """It has figures, and no interval."""
    found, sentence = needed(tmp_path, {"gunicorn:w1": (45,), "gunicorn:w2": (99,)}, 50.0)
    assert found.workers is None
    assert found.found[1].low is None
    assert "not shown for gunicorn with 1 or 2 workers (2 workers bear " in sentence
    assert sentence.endswith("): so few blocks have no interval, --blocks 3 or more do.")


def test_why_nothing_is_shown_where_the_interval_spans_the_rate_is_said(tmp_path):
    """With the interval that counts here."""
    _, sentence = needed(tmp_path, {"gunicorn:w1": (20, 20, 20), "gunicorn:w2": (86, 84, 88)}, 83.0)
    assert "): 2 workers bear surely 7" in sentence
    assert ", and at most 9" in sentence


def test_why_nothing_is_shown_where_all_bear_less_is_said(tmp_path):
    """That is sure, and another thing than not to know."""
    found, sentence = needed(tmp_path, {"gunicorn:w1": (45, 45, 45), "gunicorn:w2": (85, 85, 85)}, 5000.0)
    assert [each.is_enough for each in found.found] == [False, False]
    assert sentence.endswith("): all surely bear less.")


def test_why_nothing_is_shown_of_what_was_not_asked_for_so_much_is_said(tmp_path):
    """The curve ends before the rate."""
    _, sentence = needed(tmp_path, {"gunicorn:w1": (1e6, 1e6, 1e6)}, 500.0)
    assert "(1 worker bears at least 110/s): with 1 worker the limit was not reached at the highest rate" in sentence


@pytest.mark.parametrize(
    ("capacities", "of_trials"),
    [((85, 85, 1e6), {}), ((1e6, 1e6, 1e6), {"engine_cpu_s": {110: 1.9}})],
)
def test_that_no_limit_was_reached_is_not_said_where_it_was_or_may_have_been(tmp_path, capacities, of_trials):
    """In two blocks of three, or where the load engine took too much for anybody to know."""
    stacks = {"gunicorn:w1": capacities}
    found, sentence = needed(tmp_path, stacks, 500.0, of_trials={"gunicorn:w1": of_trials})
    assert (found.found[0].bound, found.found[0].keeps_all) == ("at least", False)
    assert "was not reached" not in sentence
    assert sentence.endswith("/s, and no more is known.")


def test_a_bound_is_said_to_be_one(tmp_path):
    """One worker keeps the limit at no rate."""
    _, sentence = needed(tmp_path, {"gunicorn:w1": (1, 1, 1), "gunicorn:w2": (85, 85, 85)}, 50.0)
    assert "gunicorn needs 2 workers (1 worker bears less than 10.0/s)" in sentence


def test_of_a_server_without_workers_its_threads_are_counted(tmp_path):
    """waitress has one process: what --workers gives it are threads."""
    found, sentence = needed(tmp_path, {f"waitress:w{each}:t2": (each * 22,) * 3 for each in (1, 2, 4)}, 70.0)
    assert (found.unit, found.workers, found.measured) == ("thread", 8, (2, 4, 8))
    assert "waitress:t2 needs 8 threads (4 threads bear " in sentence


@pytest.mark.parametrize("server", ["werkzeug", "daphne"])
def test_what_has_as_many_at_a_time_as_come_is_asked_for_one_process(tmp_path, server):
    """Its number of workers makes nothing, so that none is named; and it is no curve of workers."""
    verdict = verdict_of(a_run_of_capacities(tmp_path, {server: (85, 85, 85)}, wanted_per_s=70.0))
    assert needed_in_words(verdict)[0].endswith(f": {server} needs 1 process.")
    folder = a_run_of_capacities(tmp_path, {f"{server}:w{each}": (85, 85, 85) for each in (1, 2)}, wanted_per_s=70.0)
    verdict = verdict_of(folder)
    assert [each.way for each in verdict.needed] == [f"{server}:w1", f"{server}:w2"]
    assert "capacity-by-workers" not in [picture.name for picture in curve_pictures(folder.read(), verdict)]


def test_more_threads_are_drawn_as_such(tmp_path):
    """Beside workers of others, at as many as there are."""
    capacities = {f"{server}:w{each}": (85, 85, 85) for server in ("gunicorn", "waitress") for each in (1, 2)}
    folder = a_run_of_capacities(tmp_path, capacities)
    pictures = {picture.name: picture for picture in curve_pictures(folder.read(), verdict_of(folder))}
    named = [line.label for line in pictures["capacity-by-workers"].panels[0].lines if line.named]
    assert named == ["gunicorn", "waitress (threads)"]
