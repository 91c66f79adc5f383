"""Why nothing counts, and the same cause once for each stack."""

import pytest

from wsgibench.report.page.gates import Discounted, Reason, repeated
from wsgibench.report.page.why_nothing import why_nothing


def a_trial(number, stack, *reasons, block=1):
    return Discounted(number, block, stack, f"{number:04}-{stack}", reasons)


def errors(count):
    return Reason("errors", "steady", f"{count} of 1,000 requests failed.", "Look into the log.")


def test_gates_are_told_once_the_most_frequent_first():
    """With how many trials of what, and the first one's words."""
    start = Reason("start", "", "It did not start.\nits last lines", "")
    told = why_nothing([a_trial(1, "a", start), a_trial(2, "b", errors(8)), a_trial(3, "c", errors(9))])
    assert [(each.name, each.where, each.cause, each.advice) for each in told] == [
        ("errors", "2 trials of b and c", "8 of 1,000 requests failed.", "Look into the log."),
        ("start", "1 trial of a", "It did not start.", ""),
    ]


def test_that_a_trial_failed_is_told_only_where_no_gate_says_why():
    """A gate knows what to do."""
    failed = Reason("failed", "", "It ended.", "")
    told = why_nothing([a_trial(1, "a", failed, errors(8)), a_trial(2, "b", failed)])
    assert [(each.name, each.where) for each in told] == [("errors", "1 trial of a"), ("failed", "1 trial of b")]


def test_long_words_are_cut():
    """The first screen has no room for a log."""
    [told] = why_nothing([a_trial(1, "a", Reason("failed", "", "x" * 5000, ""))])
    assert len(told.cause) < 300


@pytest.mark.parametrize(
    ("blocks", "which", "said"),
    [
        ([1], "0001-a", "1"),
        ([1, 2, 3], "0001-a and 2 later ones", "1 to 3"),
        ([2, 5], "0002-a and 1 later one", "2, 5"),
        ([*range(1, 40, 2)], "0001-a and 19 later ones", "1, 3, 5, 7, 9, 11 ..."),
    ],
)
def test_a_cause_stands_once_for_each_stack(blocks, which, said):
    """Whatever its figures were; another stack's stands by itself."""
    trials = [a_trial(block, "a", errors(block), block=block) for block in blocks]
    rows = repeated([*trials, a_trial(99, "b", errors(7))])
    assert [(row.which, row.blocks) for row in rows] == [(which, said), ("0099-b", "1")]
    assert rows[0].reason == errors(blocks[0])


def test_what_is_the_machines_fault_stands_once_for_all_stacks():
    def other(share):
        return Reason("other-processes", "", f"Other processes used {share}% of the stack's cores.", "Stop them.")

    trials = [a_trial(number, "ab"[number % 2], other(10 + number), block=number) for number in range(1, 5)]
    [row] = repeated(trials)
    assert (row.which, row.blocks, row.reason) == ("0001-b and 3 later ones of 2 stacks", "1 to 4", other(11))
