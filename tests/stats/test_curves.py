"""The crossing of a curve with a limit: what it is, what it never does, and what is only a bound."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsgibench.stats.curves import Censoring, Crossing, crossing, smallest

COUNTS = st.lists(st.integers(0, 200), min_size=2, max_size=8)


def at(shares, rates=(100, 200, 400, 800), **more):
    return crossing(rates, np.array(shares) * 1000, [1000] * len(shares), 0.01, **more)


def test_it_lies_where_the_share_passes_the_allowed_one():
    """Half way between two shares, and so at the geometric mean of the rates."""
    found = at([0, 0.005, 0.015, 0.5])
    assert found.rate_per_s == pytest.approx((200 * 400) ** 0.5)
    assert (found.low_per_s, found.high_per_s) == (200, 400)
    assert found.censoring is Censoring.NONE


def test_a_curve_that_keeps_the_limit_everywhere_bears_at_least_its_highest_rate():
    """Nothing is known beyond it."""
    assert at([0, 0, 0.001, 0.01]) == Crossing(800, 800, 800, Censoring.AT_LEAST)


def test_a_curve_that_breaks_the_limit_at_once_bears_less_than_its_lowest_rate():
    """Nothing is known below it."""
    assert at([0.02, 0.5, 0.5, 1]) == Crossing(100, 100, 100, Censoring.LESS_THAN)


def test_one_rate_out_of_order_is_pooled_with_its_neighbours():
    """A hiccup of the machine at 200/s does not make 100/s the capacity."""
    assert at([0, 0.012, 0, 0.9]).low_per_s == 400


def test_a_queue_that_grew_breaks_the_limit_whatever_has_come_of_it():
    """Nothing was slow yet at 800/s; sooner or later it would be. The crossing is half way to it."""
    found = at([0, 0, 0, 0], sustained=[True, True, True, False])
    assert found.rate_per_s == pytest.approx((400 * 800) ** 0.5)


def test_the_order_of_the_rates_is_no_matter():
    """They are measured in a random one."""
    assert crossing([400, 100, 200], [50, 0, 0], [100] * 3, 0.01) == crossing(
        [100, 200, 400], [0, 0, 50], [100] * 3, 0.01
    )


def test_a_handful_of_requests_that_are_quick_do_not_show_that_a_limit_is_kept():
    """One in eight takes too long at any rate: of five none, by chance. Where all do at the next, that shows it."""
    assert crossing([1, 10], [0, 13], [5, 100], 0.01) == Crossing(10, 10, 10, Censoring.LESS_THAN, too_few=True)
    assert crossing([1, 10], [0, 100], [5, 100], 0.01).censoring is Censoring.NONE


def test_a_few_requests_that_break_a_limit_do_not_show_that_it_is_broken():
    """Of 60 two fail by chance where one in a hundred may; of 600 twenty do not, nor any where a queue grew. Of
    what rises with the rate that is no matter.
    """
    lightest = crossing([1, 10], [2, 500], [60, 1000], 0.01, is_flat=True)
    assert (lightest.rate_per_s, lightest.censoring) == (1, Censoring.NONE)
    assert crossing([1, 10], [20, 500], [600, 1000], 0.01, is_flat=True).censoring is Censoring.LESS_THAN
    held = (False, False)
    assert crossing([1, 10], [2, 500], [60, 1000], 0.01, is_flat=True, sustained=held).censoring is Censoring.LESS_THAN
    assert crossing([1, 10], [2, 500], [60, 1000], 0.01).censoring is Censoring.LESS_THAN


@pytest.mark.parametrize("failing", [0.0005, 0.0])
def test_failures_that_an_app_always_has_a_few_of_are_no_crossing(failing):
    """Half as many as are allowed: chance makes it one more here and there, and no end of the curve of that."""
    draw, rates = np.random.default_rng(3), np.geomspace(10, 1000, 9)
    requests = np.full(9, 1000)
    found = [crossing(rates, draw.binomial(requests, failing), requests, 0.001, is_flat=True) for _ in range(200)]
    assert sum(each.censoring is Censoring.AT_LEAST for each in found) >= 190
    sheds = crossing(rates, [0] * 6 + [5, 100, 300], requests, 0.001, is_flat=True)
    assert rates[5] <= sheds.rate_per_s <= rates[6]


def test_rates_without_a_request_are_left_out():
    """And without any there is nothing to find."""
    assert crossing([100, 200, 400], [0, 0, 50], [100, 0, 100], 0.01).high_per_s == 400
    assert crossing([100], [0], [0], 0.01) is None


def test_of_several_limits_the_smallest_decides_unless_it_was_not_reached():
    """A limit that is kept up to 800/s says nothing of one that is broken at 900/s."""
    reached, kept = Crossing(900, 850, 950), Crossing(800, 800, 800, Censoring.AT_LEAST)
    assert smallest([kept, reached]) is reached
    assert smallest([kept]) is kept


@given(COUNTS, st.data())
def test_more_broken_requests_never_raise_it(broken, data):
    """Whatever the shares are."""
    rates = np.arange(1, len(broken) + 1) * 100
    more = [data.draw(st.integers(count, 200)) for count in broken]
    before, after = (crossing(rates, each, [200] * len(rates), 0.1) for each in (broken, more))
    assert after.rate_per_s <= before.rate_per_s * (1 + 1e-9)


@given(COUNTS, st.floats(0.01, 9999))
def test_it_lies_within_the_curve(broken, lowest_per_s):
    """And its neighbours around it, whatever logarithms make of the last digit of a rate."""
    rates = np.arange(1, len(broken) + 1) * lowest_per_s
    found = crossing(rates, broken, [200] * len(rates), 0.1)
    assert rates[0] <= found.low_per_s <= found.rate_per_s <= found.high_per_s <= rates[-1]
