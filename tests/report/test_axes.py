"""Limits and ticks."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from wsgibench.report.axes import figure_axis, time_axis, workers_axis

figures = st.floats(1e-6, 1e9)


@example(one=1e9, other=999999999.9999999, logarithmic=False)
@given(one=figures, other=figures, logarithmic=st.booleans())
def test_an_axis_holds_its_figures(one, other, logarithmic):
    """All figures lie within, ticks too, and there are enough ticks to read them."""
    low, high = sorted((one, other))
    axis = figure_axis("ms", low, high, may_be_logarithmic=logarithmic)
    assert 0 <= axis.share(low) <= axis.share(high) <= 1
    assert all(-1e-9 <= axis.share(tick) <= 1 + 1e-9 for tick in axis.ticks)
    assert 2 <= len(axis.ticks) <= 24
    assert axis.value(axis.share(high)) == pytest.approx(high)


def test_an_axis_says_when_it_does_not_begin_at_zero():
    """Nobody takes 217 to 221 for a difference of half the picture without being told."""
    assert figure_axis("requests/s", 217, 221).title == "requests/s (does not begin at 0)"
    assert figure_axis("requests/s", 10, 221).title == "requests/s"
    assert figure_axis("failures/s", 0, 0).low == 0


def test_figures_far_apart_are_on_a_logarithmic_axis():
    """Only where the measure may, and it is said."""
    assert figure_axis("ms", 1, 1000, may_be_logarithmic=True).title == "ms (logarithmic)"
    assert not figure_axis("requests/s", 1, 1000).logarithmic
    assert not figure_axis("ms", 0, 1000, may_be_logarithmic=True).logarithmic


@given(st.floats(0, 1e6))
def test_time_has_a_handful_of_ticks(span_s):
    """From 2 to 10, whatever the length."""
    assert 2 <= len(time_axis(span_s).ticks) <= 10


def test_every_number_of_workers_has_its_tick():
    """6 and 60 stand at the axis, and nothing else."""
    assert workers_axis([6, 60]).ticks == (6, 60)
