"""Text to quantities and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsgibench.errors import UsageError
from wsgibench.units import format_duration, format_size, parse_duration, parse_rate


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("500ms", 0.5), ("90", 90), ("90s", 90), ("60m", 3600), ("1h30m", 5400), ("1.5 h", 5400), ("2min", 120)],
)
def test_durations(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "0", "0s", "-1s", "5x", "1h30", "s", "1,2", "nan", "1e3"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_duration(text)


@pytest.mark.parametrize(("text", "rate"), [("250", 250), ("250/s", 250), ("600/min", 10), (" 1.5 / s ", 1.5)])
def test_rates(text: str, rate: float) -> None:
    assert parse_rate(text) == rate


@pytest.mark.parametrize("text", ["", "0", "-1", "250/d", "fast", "250/"])
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_rate(text)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.25, "0.25 s"), (42, "42 s"), (252, "4 min 12 s"), (26040, "7 h 14 min"), (3600, "1 h"), (120, "2 min")],
)
def test_durations_for_people(seconds: float, text: str) -> None:
    assert format_duration(seconds) == text


@given(st.integers(min_value=10, max_value=10**6))
def test_what_is_written_can_be_read(seconds: int) -> None:
    """A printed duration, given as an option, means the same to the minute."""
    assert abs(parse_duration(format_duration(seconds)) - seconds) < 60


@pytest.mark.parametrize(
    ("count", "text"), [(512, "512 B"), (1536, "1.5 KiB"), (3 * 1024**3, "3.0 GiB"), (200 * 1024**2, "200 MiB")]
)
def test_sizes(count: int, text: str) -> None:
    assert format_size(count) == text


@pytest.mark.parametrize("text", ["1 30s", "1 0s", "10 m s", "1 .5s"])
def test_spaces_do_not_join_numbers_or_units_of_a_duration(text):
    """``1 30s`` is not 130 seconds; a space before a unit or between parts is none of its business."""
    with pytest.raises(UsageError):
        parse_duration(text)
    assert parse_duration(" 1 h 30 m ") == 5400
