"""Limits as users write them."""

import pytest

from wsgibench.bench.limits import limit_of, limits_of
from wsgibench.errors import UnknownNameError, UsageError


@pytest.mark.parametrize(
    ("text", "figure", "most", "share"),
    [
        ("p99 < 100ms", "p99", 0.1, 0.01),
        ("p50<2s", "p50", 2.0, 0.5),
        (" p99.9 < 1s ", "p999", 1.0, 0.001),
        ("errors < 0.1%", "errors", 0.001, 0.001),
    ],
)
def test_a_limit_is_a_figure_and_the_most_that_it_may_be(text, figure, most, share):
    """With the share of requests that may break it."""
    limit = limit_of(text)
    assert (limit.figure, limit.most, limit.share) == (figure, pytest.approx(most), pytest.approx(share))


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("p99 < 100", "The limit 'p99 < 100' has no unit that fits.", "Give it a unit: p99 < 100ms."),
        ("errors < 0.001", "The limit 'errors < 0.001' has no unit that fits.", "errors < 0.1%"),
        ("errors < 5ms", "The limit 'errors < 5ms' has no unit that fits.", "errors < 0.1%"),
        ("p99 < 5%", "The limit 'p99 < 5%' has no unit that fits.", "p99 < 5ms"),
        ("fast", "'fast' is no limit.", "p99 < 100ms"),
        ("p99 > 100ms", "'p99 > 100ms' is no limit.", "p99 < 100ms"),
        ("errors < 0%", "The limit 'errors < 0%' is none", "errors < 0.1%"),
        ("p99 < 5min", "The limit 'p99 < 5min' is longer than a minute", "p99 < 100ms"),
    ],
)
def test_what_is_no_limit_is_refused_with_what_would_be_one(text, message, hint):
    """In a sentence that holds what was typed."""
    with pytest.raises(UsageError) as refused:
        limit_of(text)
    assert message in refused.value.message
    assert hint in refused.value.hint


@pytest.mark.parametrize("figure", ["p9.9", "p5.0", "p.99", "p99.", "p9.99", "er.rors"])
def test_a_dot_does_not_make_another_percentile_of_one(figure):
    """It is refused by the name that was typed: p9.9 is no p99."""
    with pytest.raises(UnknownNameError) as refused:
        limit_of(f"{figure} < {'1%' if figure == 'er.rors' else '1s'}")
    assert f"'{figure}'" in refused.value.message


def test_an_unknown_percentile_is_refused_with_those_that_there_are():
    """Or the nearest of them."""
    with pytest.raises(UnknownNameError) as refused:
        limit_of("p95 < 100ms")
    assert "'p95'" in refused.value.message
    assert "p90" in refused.value.hint or "p99" in refused.value.hint


def test_what_is_not_said_is_the_default():
    """Of response times only where none is given: p90 alone is meant to be p90 alone."""
    assert [limit.text for limit in limits_of([])] == ["p99 < 100ms", "errors < 0.1%"]
    assert [limit.text for limit in limits_of(["p90 < 50ms"])] == ["p90 < 50ms", "errors < 0.1%"]
    assert [limit.text for limit in limits_of(["errors < 1%"])] == ["errors < 1%", "p99 < 100ms"]


def test_two_limits_of_one_figure_are_refused():
    """One of them would never matter."""
    with pytest.raises(UsageError, match="two limits of p99"):
        limits_of(["p99 < 1s", "p99 < 2s"])
