"""Changes from run to run against scipy's tests, least squares, and the truth of simulated runs."""

from dataclasses import astuple

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from wsgibench.stats.blocks import estimate
from wsgibench.stats.contrasts import contrast
from wsgibench.stats.means import TRIM, Estimate, trimmed_mean
from wsgibench.stats.unpaired import Paired, Unpaired

SEEDS = st.integers(0, 10_000)


def heavy(seed: int, *shape: int, scale: float = 1.0) -> np.ndarray:
    return np.random.default_rng(seed).standard_t(3, shape) * scale


def bounds(estimate_: Estimate, error: float = 0.05) -> tuple[float, float]:
    return pytest.approx(estimate_.interval(error), rel=1e-9, abs=1e-12)


@settings(deadline=None)
@given(SEEDS, st.integers(2, 9), st.integers(2, 9), st.floats(1e-4, 0.2))
def test_differences_are_welchs(seed, first, second, error):
    """Of samples that are too small to be trimmed, interval and degrees of freedom are those of scipy's Welch test."""
    before, after = heavy(seed, first), heavy(seed + 1, second, scale=4.0)
    found = trimmed_mean(after) - trimmed_mean(before)
    test = stats.ttest_ind(after, before, equal_var=False)
    assert tuple(test.confidence_interval(1 - error)) == bounds(found, error)
    assert found.freedom == pytest.approx(test.df)


@settings(deadline=None)
@given(SEEDS, st.integers(10, 40), st.integers(10, 40))
def test_larger_samples_are_compared_by_yuens_test(seed, first, second):
    """With the outer tenth left out on either side, as scipy trims."""
    before, after = heavy(seed, first), heavy(seed + 1, second, scale=2.0)
    found = trimmed_mean(after) - trimmed_mean(before)
    test = stats.ttest_ind(after, before, equal_var=False, trim=TRIM)
    assert found.freedom == pytest.approx(test.df)
    assert found.value / np.sqrt(found.variance) == pytest.approx(test.statistic)


@settings(deadline=None)
@given(SEEDS, st.integers(2, 9))
def test_pairs_are_students_paired_test(seed, pairs):
    """The interval of a stack whose blocks took turns is that of scipy's paired test."""
    before, after = heavy(seed, pairs), heavy(seed + 1, pairs)
    found = Paired((after - before)[:, np.newaxis]).change(0)
    assert tuple(stats.ttest_rel(after, before).confidence_interval()) == bounds(found)


@given(SEEDS, st.integers(10, 30), st.floats(3, 1e6))
def test_an_outlier_in_ten_blocks_pulls_little(seed, count, size):
    """However wrong one figure is, the mean of ten or more moves by less than the noise of a figure."""
    sample = np.random.default_rng(seed).normal(size=count)
    before = trimmed_mean(sample).value
    sample[0] += size
    assert abs(trimmed_mean(sample).value - before) < 1


@given(SEEDS, st.integers(0, 12), st.integers(0, 5))
def test_missing_figures_are_as_if_never_measured(seed, count, missing):
    """NaN anywhere in a sample changes nothing."""
    sample = heavy(seed, count)
    with_gaps = np.random.default_rng(seed).permutation(np.append(sample, [np.nan] * missing))
    assert astuple(trimmed_mean(with_gaps)) == pytest.approx(astuple(trimmed_mean(sample)), nan_ok=True)


@pytest.mark.parametrize("sample", [[], [1.0]])
def test_fewer_than_two_figures_have_no_noise(sample):
    """One block, or none, gives no interval against whatever else, and no error."""
    found = trimmed_mean(sample) - trimmed_mean([1.0, 2.0, 3.0])
    assert found.interval(0.05) == (-np.inf, np.inf)
    assert np.isnan(found.value) == (not sample)


def test_figures_that_never_vary_differ_for_sure():
    """Without noise the interval is the difference itself."""
    assert (trimmed_mean([3.0] * 4) - trimmed_mean([1.0] * 4)).interval(0.05) == (2.0, 2.0)


@given(SEEDS, st.floats(-3, 3))
def test_a_change_of_every_figure_moves_the_interval_by_as_much(seed, change):
    before, after = heavy(seed, 6), heavy(seed + 1, 6)
    low, high = (trimmed_mean(after) - trimmed_mean(before)).interval(0.05)
    moved = (trimmed_mean(after + change) - trimmed_mean(before)).interval(0.05)
    assert moved == pytest.approx((low + change, high + change))


def test_a_contrast_of_two_is_the_difference_of_the_blocks():
    """One stack against one control: estimate, standard error and freedom are those of all pairs of a run."""
    table = heavy(3, 8, 4)
    found, whole = contrast(table, np.array([0.0, 1.0, 0.0, -1.0])), estimate(table)
    assert found.value == pytest.approx(whole.differences[1, 3])
    assert found.variance == pytest.approx(whole.standard_errors[1, 3] ** 2)
    assert found.freedom == pytest.approx(whole.difference_freedoms[1, 3])


def test_a_contrast_against_several_has_the_variance_of_scheffe():
    """In whole blocks it is the sum of the squared weights times the variances, over the blocks."""
    table, weights = heavy(4, 9, 5), np.array([1.0, 0.0, -1 / 3, -1 / 3, -1 / 3])
    found, whole = contrast(table, weights), estimate(table)
    assert found.variance == pytest.approx((weights**2 * whole.variances).sum() / 9)
    assert found.value == pytest.approx(weights @ whole.effects)


def test_a_contrast_with_gaps_is_that_of_least_squares():
    """Where trials are missing, the factor of the variance is that of a regression on blocks and stacks."""
    table, weights = heavy(5, 7, 4), np.array([1.0, 0.0, -0.5, -0.5])
    table[2, 0] = table[4, 3] = np.nan
    rows, columns = np.nonzero(np.isfinite(table))
    design = np.hstack([np.eye(7)[rows], np.eye(4)[columns][:, 1:]])
    model = sm.OLS(table[rows, columns], design).fit()
    factor = model.t_test(np.append(np.zeros(7), weights[1:])).sd.item() ** 2 / model.mse_resid
    whole = estimate(table)
    alike = contrast(table, weights).variance / factor
    assert whole.variances.min() <= alike <= whole.variances.max()


def test_a_contrast_needs_stacks_that_met():
    """Stacks without a common block are not compared; of a single block there is a value and no interval."""
    table = np.full((4, 2), np.nan)
    table[:2, 0] = table[2:, 1] = 1.0
    assert np.isnan(contrast(table, np.array([1.0, -1.0])).value)
    found = contrast(np.array([[3.0, 1.0]]), np.array([1.0, -1.0]))
    assert found.value == pytest.approx(2.0)
    assert found.interval(0.05) == (-np.inf, np.inf)


@settings(deadline=None, max_examples=50)
@given(SEEDS, st.lists(st.floats(-2, 2), min_size=6, max_size=6))
def test_what_a_block_does_to_all_leaves_relative_changes_alone(seed, block_noise):
    """Difference in differences: any noise of any block of either run cancels."""
    before, after, weights = heavy(seed, 6, 4), heavy(seed + 1, 6, 4), np.array([1.0, 0.0, -0.5, -0.5])
    calm = Unpaired(before, after).relative(weights)
    stormy = Unpaired(before, after + np.array(block_noise)[:, np.newaxis]).relative(weights)
    assert stormy.value == pytest.approx(calm.value, abs=1e-6)
    assert stormy.variance == pytest.approx(calm.variance, rel=1e-4)


@settings(deadline=None)
@given(SEEDS, st.floats(-1, 1), st.integers(0, 6), st.floats(-5, 5))
def test_the_common_shift_is_that_of_the_median_stack(seed, shift, odd, jump):
    """What all but one of seven stacks went through is found, whatever the one did besides."""
    before = heavy(seed, 6, 7, scale=0.01)
    after = heavy(seed + 1, 6, 7, scale=0.01) + shift
    after[:, odd] += jump
    for design in (Unpaired(before, after), Paired(after - before)):
        assert design.shift(range(7)).value == pytest.approx(shift, abs=0.05)


def test_the_shift_is_not_moved_by_a_slow_stack_that_is_missing():
    """A gap in a table does not count as if the stacks that were there had changed."""
    levels = np.array([0.0, 1.0, 5.0])
    before, after = levels + heavy(1, 6, 3, scale=0.01), levels + heavy(2, 6, 3, scale=0.01)
    after[:2, 2] = np.nan
    assert Unpaired(before, after).shift([0, 1, 2]).value == pytest.approx(0, abs=0.03)


def test_the_shift_is_the_median_of_the_changes():
    """Whatever is missing, it stands among the changes that are shown beside it."""
    before, after = heavy(7, 5, 3), heavy(8, 5, 3)
    after[1:3, 0] = before[3, 1:] = np.nan
    for design in (Unpaired(before, after), Paired(after - before)):
        changes = [design.change(stack).value for stack in range(3)]
        assert design.shift([0, 1, 2]).value == pytest.approx(sorted(changes)[1])


@settings(deadline=None)
@given(SEEDS)
def test_turning_runs_round_turns_every_change_round(seed):
    """The second against the first is the first against the second with the other sign, and as sure."""
    before, after, weights = heavy(seed, 5, 3), heavy(seed + 1, 7, 3), np.array([1.0, -0.5, -0.5])
    there, back = Unpaired(before, after), Unpaired(after, before)
    for one, other in (
        (there.change(0), back.change(0)),
        (there.relative(weights), back.relative(weights)),
        (there.shift([0, 1, 2]), back.shift([0, 1, 2])),
    ):
        assert one.value == pytest.approx(-other.value)
        assert one.interval(0.05) == pytest.approx([-bound for bound in reversed(other.interval(0.05))])
