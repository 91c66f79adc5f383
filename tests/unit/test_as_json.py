"""Values as JSON."""

import msgspec
import numpy as np
import pytest

from wsgibench.as_json import as_json


class Figures(msgspec.Struct):
    rate_per_s: float
    counts: list[int]
    passed: bool


def test_numbers_of_numpy_are_those_of_python() -> None:
    """Also deep within a record; what is read is what was written."""
    figures = Figures(rate_per_s=np.float64(0.1), counts=[np.int64(2), np.int32(3)], passed=np.True_)
    assert msgspec.json.decode(as_json(figures), type=Figures) == Figures(rate_per_s=0.1, counts=[2, 3], passed=True)


def test_levels_are_indented_where_that_is_asked() -> None:
    """Else all stands on one line, for who sends lines."""
    assert as_json({"a": [1]}) == b'{"a":[1]}'
    assert as_json({"a": [1]}, indent=1) == b'{\n "a": [\n  1\n ]\n}'


@pytest.mark.parametrize("value", [object(), [{"in": as_json}]])
def test_what_json_has_no_form_for_is_refused(value: object) -> None:
    """It is the fault of whoever made it."""
    with pytest.raises(TypeError, match="There is no JSON for"):
        as_json(value)
