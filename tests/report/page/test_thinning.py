"""Fewer points, the same peaks."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from wsgibench.report.page.thinning import thinned
from wsgibench.report.windows import Curve

FIGURES = st.one_of(st.just(float("nan")), st.floats(0, 1e6))


def curve_of(values):
    return Curve(np.arange(len(values), dtype=np.float64), np.array(values, np.float64))


@given(st.lists(FIGURES, min_size=1, max_size=400), st.integers(2, 100))
def test_peaks_stay_and_nothing_is_invented(values, points_max):
    """The greatest and the smallest value are kept, at their own moments; every point is one of the curve's."""
    curve = curve_of(values)
    thin = thinned(curve, points_max)
    assert len(thin.value) <= max(points_max, 2)
    assert (np.diff(thin.time_s) > 0).all()
    at = thin.time_s.astype(int)
    np.testing.assert_array_equal(thin.value, curve.value[at])
    if np.isfinite(curve.value).any():
        assert np.nanmax(thin.value) == np.nanmax(curve.value)
        assert np.nanmin(thin.value) == np.nanmin(curve.value)


def test_one_slow_second_in_an_hour_is_seen():
    """Averages over windows would hide it."""
    values = [4.0] * 3600
    values[1234] = 900.0
    thin = thinned(curve_of(values), 300)
    assert thin.value.max() == 900.0
    assert thin.time_s[thin.value.argmax()] == 1234


def test_a_gap_of_a_whole_stretch_stays_a_gap():
    """No line is drawn over what was not measured."""
    thin = thinned(curve_of([1.0] * 100 + [float("nan")] * 100 + [1.0] * 100), 30)
    assert np.isnan(thin.value[(thin.time_s >= 100) & (thin.time_s < 200)]).any()


def test_short_curves_are_left_alone():
    """What is small enough is not touched."""
    curve = curve_of([3.0, 1.0, 2.0])
    assert thinned(curve, 3) is curve
