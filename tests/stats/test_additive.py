"""The additive model against statsmodels, cells missing."""

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from wsgibench.stats.additive import comparable, fit_additive, residual_freedom


def table_of(seed: int, blocks: int = 6, stacks: int = 5, missing: float = 0.2) -> np.ndarray:
    random = np.random.default_rng(seed)
    table = random.normal(0, 0.1, (blocks, stacks)) + random.normal(0, 1, (blocks, 1))
    table[random.random(table.shape) < missing] = np.nan
    return table


def by_regression(table, weights):
    """The same model as dummy variables, one stack left out, fitted by statsmodels."""
    block, stack = np.nonzero(weights > 0)
    blocks, stacks = np.unique(block), np.unique(stack)
    columns = [block == b for b in blocks] + [stack == s for s in stacks[1:]]
    design = np.column_stack(columns).astype(float)
    return sm.WLS(table[block, stack], design, weights=weights[block, stack]).fit(), len(blocks)


@settings(deadline=None)
@given(st.integers(0, 10_000))
def test_effects_and_variances_are_those_of_regression(seed):
    """Differences to the first stack, and their variance, agree with weighted regression on dummy variables."""
    table = table_of(seed)
    weights = np.where(np.isfinite(table), np.random.default_rng(seed).uniform(0.2, 1, table.shape), 0)
    if not comparable(weights > 0).all():
        return
    fit = fit_additive(table, weights)
    model, blocks = by_regression(table, weights)
    assert fit.effects[1:] - fit.effects[0] == pytest.approx(model.params[blocks:], abs=1e-9)
    assert fit.difference_factors[0, 1:] == pytest.approx(np.diag(model.normalized_cov_params)[blocks:], abs=1e-9)
    residuals = fit.residuals[weights > 0]
    assert residuals == pytest.approx(model.resid, abs=1e-9)


@settings(deadline=None)
@given(st.integers(0, 10_000))
def test_freedom_is_cells_less_rank(seed):
    """The residual degrees of freedom are the cells less the rank of the model, whatever is missing."""
    table = table_of(seed, missing=0.6)
    present = np.isfinite(table)
    block, stack = np.nonzero(present)
    design = np.hstack([np.eye(table.shape[0])[block], np.eye(table.shape[1])[stack]])
    rank = np.linalg.matrix_rank(design) if len(design) else 0
    assert residual_freedom(present) == len(design) - rank


def test_stacks_that_share_no_block_are_not_comparable():
    """Two groups of stacks that never met, and one that was never measured, stay apart."""
    present = np.array([[1, 1, 0, 0, 0], [0, 0, 1, 1, 0], [1, 0, 0, 0, 0]], bool)
    met = comparable(present)
    assert met[0, 1]
    assert met[2, 3]
    assert not met[0, 2]
    assert not met[4].any()


def test_a_chain_of_blocks_compares():
    """Stacks that met a third one can be compared by way of it."""
    assert comparable(np.array([[1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 1]], bool)).all()
