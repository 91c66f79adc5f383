"""When to stop, and how long it would take."""

import numpy as np
import pytest

from wsgibench.stats.looks import looks_of
from wsgibench.stats.sequential import judge
from wsgibench.stats.stopping import forecast

LOOKS = looks_of(12)


def run_of(seed: int, logs: list[float], noise: float = 0.02, blocks: int = 12) -> np.ndarray:
    random = np.random.default_rng(seed)
    return 1000 * np.exp(random.normal(logs, noise, (blocks, len(logs))) + random.normal(0, 0.2, (blocks, 1)))


def test_a_settled_run_needs_no_more():
    """Every pair is far apart: no chance is left open, and the blocks needed are those that were."""
    found = forecast(judge(run_of(1, [0, 1, 2])[:3], looks=LOOKS), 12)
    assert not found.hopeless
    assert found.blocks_needed == 3


def test_nothing_is_hopeless_before_the_first_look():
    """Nothing is known yet, so the run goes on."""
    found = forecast(judge(run_of(1, [0, 0])[:2], looks=LOOKS), 12)
    assert (found.chance, found.blocks_needed) == (1.0, None)


def test_noise_makes_hopeless():
    """As fast as one another on average, by noise of 50 %: twelve blocks cannot show it; the forecast says how many."""
    ratios = np.array([1.5, 1 / 1.5, 1.6, 1 / 1.6, 1.4, 1 / 1.4])
    found = forecast(judge(np.column_stack([1000 * ratios, np.full(6, 1000.0)]), looks=LOOKS), 12)
    assert found.hopeless
    assert found.blocks_needed > 500


def test_no_block_left_is_hopeless():
    """At the budget an open pair has no chance any more."""
    figures = run_of(3, [0, 0.025, 0.05], noise=0.05)
    judgement = judge(figures[:5], looks=LOOKS)
    assert not judgement.settled
    assert forecast(judgement, 5).chance == 0.0


def test_more_blocks_never_lower_the_chance():
    """Of a pair that is truly apart."""
    judgement = judge(run_of(4, [0, 0.06, 0.3])[:4], looks=looks_of(40))
    chances = [forecast(judgement, blocks).chance for blocks in range(5, 41, 5)]
    assert chances == pytest.approx(sorted(chances))
    assert chances[0] < 0.5
    assert chances[-1] > 0.9


def test_a_stack_that_never_met_the_others():
    """Nothing can be said of it, and it alone does not keep the run going."""
    figures = run_of(5, [0, 1, 2])
    figures[:, 2] = np.nan
    found = forecast(judge(figures[:4], looks=LOOKS), 12)
    assert found.hopeless
    assert found.blocks_needed is None


def test_the_chance_is_kept():
    """Of many runs of two stacks 4 % apart, about as many are settled by block 12 as block 4 promised on average."""
    promised, settled = [], []
    for seed in range(300):
        figures = run_of(seed, [0, 0.04], noise=0.015)
        judgement = judge(figures[:4], looks=LOOKS)
        if not judgement.settled:
            promised.append(forecast(judgement, 12).chance)
            settled.append(judge(figures, looks=LOOKS).settled)
    assert np.mean(promised) == pytest.approx(np.mean(settled), abs=0.12)


def test_the_blocks_needed_are_about_right():
    """Four stacks alike, noise 2 %: the median forecast after four blocks is near the median of what it takes."""
    forecasts, taken = [], []
    looks = looks_of(40)
    for seed in range(20):
        figures = run_of(seed, [0] * 4, blocks=40)
        forecasts.append(forecast(judge(figures[:4], looks=looks), 40).blocks_needed)
        taken.append(
            next(block for block in (*looks, 99) if block == 99 or judge(figures[:block], looks=looks).settled)
        )
    assert np.median(taken) / 2 < np.median(forecasts) < np.median(taken) * 2.5
