"""Ratios with gaps."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from wsgibench.stats.ratios import ratios

numbers = st.lists(st.tuples(st.floats(-1e6, 1e6), st.just(0.0) | st.floats(1e-6, 1e6)), max_size=20)


@given(numbers)
def test_a_ratio_is_a_gap_just_where_nothing_is_divided_by(pairs: list[tuple[float, float]]) -> None:
    """Nothing warns, nothing is infinite for want of time or of samples."""
    over, under = (np.array(column, np.float64) for column in zip(*pairs, strict=True)) if pairs else ([], [])
    found = ratios(over, under)
    assert found.shape == (len(pairs),)
    for ratio, (above, below) in zip(found, pairs, strict=True):
        assert np.isnan(ratio) == (below == 0)
        assert below == 0 or ratio == above / below
