"""Judgements: what must not change them, and what must."""

import time

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from wsgibench.model.verdict import Outcome
from wsgibench.stats.looks import looks_of
from wsgibench.stats.sequential import judge, judgements

LOOKS = looks_of(8)


def run_of(seed: int, blocks: int = 6, stacks: int = 5) -> np.ndarray:
    """Requests per second of stacks up to 20 % apart, some trials missing."""
    random = np.random.default_rng(seed)
    logs = (
        random.normal(0, 0.02, (blocks, stacks)) + random.uniform(0, 0.2, stacks) + random.normal(0, 0.2, (blocks, 1))
    )
    figures = 2000 * np.exp(logs)
    figures[random.random(figures.shape) < 0.05] = np.nan
    return figures


def same(one, other) -> None:
    """The judgements agree, but for rounding."""
    assert one.intervals.low == pytest.approx(other.intervals.low, abs=1e-6)
    assert one.intervals.high == pytest.approx(other.intervals.high, abs=1e-6)
    assert one.outcomes == other.outcomes


@settings(deadline=None)
@given(st.integers(0, 10_000), st.permutations(range(5)))
def test_order_of_stacks_does_not_matter(seed, order):
    """Stacks in another order get the same outcomes in that order."""
    figures = run_of(seed)
    before, after = judge(figures, looks=LOOKS), judge(figures[:, order], looks=LOOKS)
    assert after.intervals.low == pytest.approx(before.intervals.low[np.ix_(order, order)], abs=1e-6)
    assert after.ranks == tuple(before.ranks[stack] for stack in order)


@settings(deadline=None)
@given(st.integers(0, 10_000), st.floats(1e-6, 1e6))
def test_unit_does_not_matter(seed, factor):
    """Requests per second or per hour: the same judgement."""
    figures = run_of(seed)
    same(judge(figures, looks=LOOKS), judge(figures * factor, looks=LOOKS))


@settings(deadline=None)
@given(st.integers(0, 10_000), st.lists(st.floats(0.1, 10), min_size=6, max_size=6))
def test_noise_of_a_block_does_not_matter(seed, noise):
    """Whatever a block does to all its stacks alike changes nothing."""
    figures = run_of(seed)
    same(judge(figures, looks=LOOKS), judge(figures * np.array(noise)[:, np.newaxis], looks=LOOKS))


@settings(deadline=None)
@given(st.integers(0, 10_000))
def test_time_is_the_inverse_of_rate(seed):
    """Seconds a request, less being better, are judged as requests a second are; the ratios are turned round."""
    figures = run_of(seed)
    rate, cost = judge(figures, looks=LOOKS), judge(1 / figures, looks=LOOKS, higher_is_better=False)
    same(rate, cost)
    for one, other in zip(rate.pairs, cost.pairs, strict=True):
        assert one.outcome == other.outcome
        assert one.ratio == pytest.approx(1 / other.ratio)
        assert one.low == pytest.approx(1 / other.high)


@settings(deadline=None)
@given(st.integers(0, 10_000))
def test_taking_less_for_more_turns_outcomes_round(seed):
    """The same figures in the other direction: better is worse. Only what naming the best has settled stays open."""
    figures = run_of(seed)
    up, down = (judge(figures, looks=LOOKS, higher_is_better=higher) for higher in (True, False))
    assert up.differences == pytest.approx(-down.differences, abs=1e-3)
    for row, column in zip(up.outcomes, zip(*down.outcomes, strict=True), strict=True):
        for one, other in zip(row, column, strict=True):
            assert one == other or Outcome.UNDECIDED in {one, other}


@settings(deadline=None)
@given(st.integers(0, 10_000))
def test_more_blocks_never_widen_an_interval(seed):
    """What was settled stays settled, unless two looks contradict one another."""
    figures = run_of(seed, 8)
    before, after = judge(figures[:5], looks=LOOKS).intervals, judge(figures, looks=LOOKS).intervals
    overlap = (after.low <= before.high) & (before.low <= after.high)
    assert (after.low >= before.low)[overlap].all()
    assert (after.high <= before.high)[overlap].all()


@settings(deadline=None)
@example(4609)
@given(st.integers(0, 10_000))
def test_the_estimate_is_within_its_interval(seed):
    """For every pair, at every look; of two that have not met yet, nothing is known."""
    figures = run_of(seed, 8)
    for block in LOOKS:
        for pair in judge(figures[:block], looks=LOOKS).pairs:
            if pair.ratio is None:
                assert (pair.low, pair.high) == (0, np.inf)
            else:
                assert pair.low <= pair.ratio <= pair.high


@settings(deadline=None)
@given(st.integers(0, 10_000))
def test_outcomes_do_not_contradict_one_another(seed):
    """Nobody is better than a stack that is better than it by way of others."""
    outcome = judge(run_of(seed), looks=LOOKS).outcomes
    better = np.array([[item is Outcome.BETTER for item in row] for row in outcome], int)
    assert not np.diag(np.linalg.matrix_power(better, 3)).any()
    assert not np.diag(np.linalg.matrix_power(better, 5)).any()


def test_nothing_is_said_before_the_first_look():
    """Two blocks of a longer run: estimates, but every pair is undecided."""
    found = judge(run_of(1)[:2], looks=LOOKS)
    assert {pair.outcome for pair in found.pairs} == {Outcome.UNDECIDED}
    assert all(pair.ratio is not None for pair in found.pairs)
    assert found.ranks == (1,) * 5
    assert not found.settled


def test_no_block_at_all():
    """Nothing is known, and nothing breaks."""
    found = judge(np.empty((0, 3)), looks=LOOKS)
    assert [pair.ratio for pair in found.pairs] == [None] * 3
    assert found.winner is None


def test_one_stack_is_settled():
    """It has rank 1 and no pair."""
    found = judge(run_of(2, stacks=1), looks=LOOKS)
    assert found.settled
    assert (found.ranks, found.pairs, found.winner) == ((1,), (), None)


def test_two_stacks_use_the_whole_error_for_their_interval():
    """One look at two stacks is one paired comparison at 5 %."""
    found = judge(run_of(3, stacks=2), looks=(6,))
    assert found.pair_levels[0] == pytest.approx(0.05, rel=1e-4)


def test_figures_without_noise():
    """The same figures in every block are settled, with an interval that allows for what they do not show."""
    found = judge(np.tile([100.0, 102.0, 200.0], (3, 1)), looks=LOOKS)
    assert found.settled
    assert found.ranks == (2, 2, 1)
    assert found.winner == 2
    assert found.pairs[0].low < found.pairs[0].ratio < found.pairs[0].high


@pytest.mark.parametrize("wrong", [0.0, -1.0, np.inf])
def test_figures_must_be_positive(wrong):
    """A failed trial is NaN, never 0 requests/s."""
    figures = run_of(4)
    figures[0, 0] = wrong
    with pytest.raises(ValueError, match="more than 0"):
        judge(figures, looks=LOOKS)


def test_more_blocks_than_looks_are_refused():
    """The error was given out over the looks that were planned."""
    with pytest.raises(ValueError, match="at most 8 blocks"):
        judge(run_of(5, 9), looks=LOOKS)


def test_looks_are_cheap():
    """Seven stacks and twelve blocks, all ten looks, take less than 50 ms of CPU."""
    figures, looks = run_of(6, 12, 7), looks_of(12)
    judge(figures, looks=looks)
    times = []
    for _ in range(10):
        begun = time.process_time()
        judge(figures, looks=looks)
        times.append(time.process_time() - begun)
    assert min(times) < 0.05


def test_the_looks_of_a_run_are_those_of_its_beginnings():
    """Looking back at a run of eight blocks shows what was said after each block."""
    figures = run_of(7, 8)
    for look, then in zip(LOOKS, judgements(figures, looks=LOOKS), strict=True):
        assert then.blocks == look
        same(then, judge(figures[:look], looks=LOOKS))
