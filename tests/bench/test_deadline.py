"""The end of a budget."""

import pytest

from wsgibench.bench.deadline import Deadline
from wsgibench.errors import OutOfTimeError


def test_without_a_budget_it_never_comes() -> None:
    deadline = Deadline(None)
    deadline.check()
    assert deadline.left_s is None


def test_it_comes_when_the_budget_is_over() -> None:
    with pytest.raises(OutOfTimeError):
        Deadline(1e-9).check()
    Deadline(60.0).check()


def test_it_says_how_much_would_do() -> None:
    """Three blocks are a ranking, and not one was measured in it."""
    deadline = Deadline(10.0)
    deadline._began_s -= 20.0
    with pytest.raises(OutOfTimeError) as told:
        deadline.check()
    assert told.value.message == "The budget of 10 s was used up before one block was measured."
    assert "give --budget 40s, or fewer stacks" in told.value.hint


@pytest.mark.parametrize(("ending_s", "over"), [(0.0, False), (100.0, True)])
def test_what_it_takes_to_end_all_is_within_a_tenth(ending_s: float, over: bool) -> None:  # noqa: FBT001  # a parameter
    """A block that is nearly done may end, unless stopping its stacks takes longer than is left of the tenth."""
    deadline = Deadline(100.0, ending_s=ending_s)
    deadline._began_s -= 103.0
    if over:
        with pytest.raises(OutOfTimeError):
            deadline.check()
    else:
        deadline.check()
