"""The same cause is told once, another is not hidden by it."""

import pytest

from wsgibench.report.causes import alike


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("815 of 3,000 requests failed (27.17%): 429 x 812.", "9 of 10 requests failed (90.00%): 429 x 9."),
        ("The engine used 81.5 % of 2 cores.", "The engine used 99 % of 2 cores."),
    ],
)
def test_figures_make_no_difference(one: str, other: str) -> None:
    assert alike(one) == alike(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("5 of 10 requests failed (50.00%): 429 x 5.", "5 of 10 requests failed (50.00%): 502 x 5."),
        ("'gunicorn' answers 500 to /.", "'gunicorn' answers 404 to /."),
    ],
)
def test_statuses_do(one: str, other: str) -> None:
    assert alike(one) != alike(other)
