"""Failures have names: statuses, and what became of connections."""

import msgspec

from support.records import a_trial
from wsgibench.model.failures import all_failures, failures_by_kind, failures_in_words
from wsgibench.model.trial import PhaseFigures


def test_failures_are_named_by_status_the_most_frequent_first():
    outcomes = {"ok": 2000, "bad_status": 815, "reset": 5, "timeout": 0}
    kinds = failures_by_kind(outcomes, {502: 3, 429: 812})
    assert failures_in_words(kinds) == "429 x 812, connection reset x 5, 502 x 3"
    assert sum(kinds.values()) == 820


def test_statuses_that_nobody_kept_are_counted_all_the_same():
    """Runs of before they were kept have only the outcome."""
    assert failures_by_kind({"ok": 1, "bad_status": 1245}, {}) == {"bad status": 1245}
    assert failures_in_words({"bad status": 1245}) == "bad status x 1,245"


def test_trials_add_up():
    assert all_failures([{"429": 2, "time-out": 4}, {"429": 3}, {}]) == {"429": 5, "time-out": 4}


def test_figures_of_before_are_read_and_new_ones_come_back():
    """Keys are numbers, which JSON has as text."""
    figures = msgspec.structs.replace(a_trial().phases["steady"], statuses={429: 812, 502: 3})
    encoded = msgspec.json.encode(figures)
    assert msgspec.json.decode(encoded, type=PhaseFigures) == figures
    before = {key: value for key, value in msgspec.json.decode(encoded).items() if key != "statuses"}
    assert msgspec.json.decode(msgspec.json.encode(before), type=PhaseFigures).statuses == {}
