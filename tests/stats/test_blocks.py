"""Block estimates against least squares, Student's paired test, and a general minimiser."""

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from wsgibench.stats import blocks
from wsgibench.stats.additive import fit_additive
from wsgibench.stats.blocks import CLIP, NOISE_LEAST, PRIOR_FREEDOM, estimate, residual_noise
from wsgibench.stats.intervals import simultaneous_intervals


def heavy(seed: int, count: int = 8, stacks: int = 5) -> np.ndarray:
    random = np.random.default_rng(seed)
    return random.standard_t(3, (count, stacks)) + random.normal(0, 5, (count, 1))


@settings(deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 15))
def test_two_stacks_without_clipping_are_the_paired_t_test(seed, count):
    """Difference, standard error and degrees of freedom are those of scipy's paired t test."""
    table = heavy(seed, count, 2)
    assume(np.std(table[:, 0] - table[:, 1], ddof=1) > 2 * NOISE_LEAST)
    found = estimate(table, clip=np.inf)
    test = stats.ttest_rel(table[:, 0], table[:, 1])
    assert found.differences[0, 1] / found.standard_errors[0, 1] == pytest.approx(test.statistic)
    assert found.difference_freedoms[0, 1] == test.df


@pytest.mark.parametrize("seed", range(8))
def test_effects_minimise_hubers_loss(seed):
    """A general minimiser of the sum of Huber's losses, at the same scales, comes to the same effects."""
    table = heavy(seed)
    present = np.isfinite(table)
    start = fit_additive(table, present.astype(float))
    effects, *_ = blocks._huber(table, present, start, 28, CLIP)

    def residuals(parameters):
        return table - parameters[:8, np.newaxis] - np.append(0, parameters[8:])

    def loss(parameters, scale):
        size = np.abs(residuals(parameters)) / scale
        return (scale**2 * np.where(size <= CLIP, size**2 / 2, CLIP * size - CLIP**2 / 2)).sum()

    parameters = np.zeros(12)
    for _ in range(40):
        scale = blocks._scale(residuals(parameters), present, 28)
        before, parameters = parameters, optimize.minimize(loss, parameters, (scale,), method="BFGS").x
        if np.abs(parameters - before).max() < 1e-7:
            break
    assert effects[1:] - effects[0] == pytest.approx(parameters[8:], abs=0.01)


def test_variances_are_least_squares_moderated():
    """Without clipping a variance is the stack's own sum of squares, with the common one for four further degrees."""
    table = heavy(1, 9, 4)
    table[2, 1] = np.nan
    present = np.isfinite(table)
    rows, columns = np.nonzero(present)
    design = np.hstack([np.eye(9)[rows], np.eye(4)[columns][:, 1:]])
    model = sm.OLS(table[present], design).fit()
    squares = np.bincount(columns, model.resid**2)
    own = (present.sum(axis=0) - 1) * 3 / 4
    found = estimate(table, clip=np.inf)
    assert found.freedom == model.df_resid
    assert found.variances == pytest.approx((PRIOR_FREEDOM * model.mse_resid + squares) / (PRIOR_FREEDOM + own))


def test_residual_noise_is_that_of_regression():
    """The noise is the root of the residual mean square of the two-way model."""
    table = heavy(2)
    design = np.hstack([np.kron(np.eye(8), np.ones((5, 1))), np.tile(np.eye(5)[:, 1:], (8, 1))])
    assert residual_noise(table) == pytest.approx(np.sqrt(sm.OLS(table.ravel(), design).fit().mse_resid))


def test_residual_noise_finds_the_noise_of_a_trial():
    """Noise of 2 % within blocks that differ by 17 % is found to be 2 %."""
    random = np.random.default_rng(3)
    tables = random.normal(0, 0.02, (400, 5, 7)) + random.normal(0, 0.17, (400, 5, 1))
    assert np.sqrt(np.mean([residual_noise(table) ** 2 for table in tables])) == pytest.approx(0.02, rel=0.02)


def test_noise_needs_residuals():
    """One block, or one stack, says nothing of the noise."""
    assert np.isnan(residual_noise(np.ones((1, 7))))
    assert np.isnan(residual_noise(np.ones((7, 1))))
    assert estimate(np.ones((1, 7))) is None


@settings(deadline=None)
@given(st.integers(0, 1000), st.floats(5, 1e6))
def test_one_outlier_moves_an_estimate_little(seed, size):
    """A figure that is wildly wrong moves its stack by less than a trial's noise, however wrong it is."""
    table = np.random.default_rng(seed).normal(0, 1, (8, 6))
    before = estimate(table)
    table[3, 2] += size
    after = estimate(table)
    assert np.abs(after.effects[2] - before.effects[2] - (after.effects[0] - before.effects[0])) < 1.5


def test_a_noisy_stack_has_a_greater_variance():
    """On average a stack that is three times noisier is seen to be so, and the others are not blamed as much."""
    tables = np.random.default_rng(4).normal(0, [1, 1, 1, 1, 1, 1, 3], (300, 12, 7))
    variances = np.mean([estimate(table).variances for table in tables], axis=0)
    assert 5 < variances[6] < 9
    assert (variances[:6] < 1.7).all()


def test_hubers_noise_is_calibrated():
    """Over normal noise the standard errors are right on average, though residuals were clipped."""
    tables = np.random.default_rng(5).normal(0, 1, (1000, 8, 7))
    found = [estimate(table) for table in tables]
    errors = np.std([item.differences[0, 1] for item in found])
    assert np.mean([item.standard_errors[0, 1] for item in found]) == pytest.approx(errors, rel=0.07)


def log_ratios(*ratios: float) -> np.ndarray:
    """The table of two stacks whose figures have these ratios, block by block."""
    return np.log(np.column_stack([ratios, np.ones(len(ratios))]))


def test_blocks_that_coincide_do_not_make_the_others_outliers():
    """Five blocks of which three are alike by chance: the interval is at least 0.7 times as wide as Student's."""
    table = log_ratios(0.66892, 0.80258, 0.65167, 0.66886, 0.66892)
    found = simultaneous_intervals(estimate(table), 0.05)
    wanted = stats.ttest_rel(table[:, 0], table[:, 1]).confidence_interval()
    assert found.high[0, 1] - found.low[0, 1] > 0.7 * (wanted.high - wanted.low)


BLOCK = st.one_of(st.just(-0.4), st.floats(-0.5, -0.3), st.floats(-3, 3))


@settings(deadline=None)
@given(st.lists(BLOCK, min_size=3, max_size=9))
def test_two_stacks_are_never_much_surer_than_student(differences):
    """Whatever the blocks: of n of them the interval is no narrower than Student's times the root of the floor."""
    table = np.column_stack([differences, np.zeros(len(differences))])
    found = simultaneous_intervals(estimate(table), 0.05)
    wanted = stats.t.isf(0.025, len(differences) - 1) * np.std(differences, ddof=1) / np.sqrt(len(differences))
    least = np.sqrt(min(blocks.FLOOR_MOST, blocks.FLOOR_BLOCKS / len(differences)))
    assert (found.high - found.low)[0, 1] / 2 >= least * wanted * (1 - 1e-9) - 1e-12


@settings(deadline=None)
@given(st.integers(0, 10_000), st.integers(3, 9), st.integers(3, 8))
def test_no_stack_is_much_surer_than_its_own_trials(seed, count, stacks):
    """Of many stacks, each variance is at least the floor's share of least squares' for the stack's own residuals."""
    table = heavy(seed, count, stacks)
    table[:, 0] = table[:, 1] + np.round(table[:, 0] - table[:, 1])
    present = np.isfinite(table)
    freedom = (count - 1) * (stacks - 1)
    *_, residuals = blocks._huber(table, present, fit_additive(table, present.astype(float)), freedom, CLIP)
    own = (residuals**2).sum(axis=0) * stacks / freedom
    least = min(blocks.FLOOR_MOST, blocks.FLOOR_BLOCKS / count)
    assert (estimate(table).variances >= least * own * (1 - 1e-9)).all()


def test_one_wild_block_of_twelve_widens_little():
    """A trial that stalled, at a tenth of the others' figure, makes its stack's intervals at most twice as wide."""
    table = np.random.default_rng(8).normal(0, 0.02, (12, 7))
    before = estimate(table).standard_errors
    table[5, 0] -= np.log(10)
    after = estimate(table).standard_errors
    assert (after[0, 1:] < 2 * before[0, 1:]).all()
    assert (after[1:, 1:] <= 1.3 * before[1:, 1:]).all()


def test_no_noise_at_all():
    """Figures that fit the model exactly are taken to be 0.2 % apart from trial to trial, not to be exact."""
    table = np.add.outer(np.arange(5.0), np.arange(3.0))
    found = estimate(table)
    assert found.differences[2, 0] == pytest.approx(2)
    assert found.standard_errors[0, 1:] == pytest.approx(0.002 * np.sqrt(2 / 5))
    assert np.isfinite(found.difference_freedoms).all()


def test_a_stack_without_figures_is_not_compared():
    """Its effect is NaN and its standard errors are infinite; the others are as without it."""
    table = heavy(6, 6, 4)
    table[:, 1] = np.nan
    found, without = estimate(table), estimate(np.delete(table, 1, axis=1))
    assert np.isnan(found.effects[1])
    assert np.isinf(found.standard_errors[1, 0])
    assert np.delete(found.variances, 1) == pytest.approx(without.variances)
    assert found.differences[0, 2] == pytest.approx(without.differences[0, 1])
