"""A run of which no stack starts ends soon."""

import msgspec
import pytest

from support.records import a_trial
from wsgibench.bench.no_start import require_a_start
from wsgibench.errors import StartError
from wsgibench.model.trial import GateResult

GATE = GateResult(
    name="start",
    passed=False,
    figure=None,
    threshold=None,
    unit="stacks",
    cause="'gunicorn' ended while it started: ModuleNotFoundError: No module named 'nope'.",
    advice="Check --app.",
)


def unstarted(number):
    return msgspec.structs.replace(a_trial(number), status="failed", gates=(GATE,))


def test_without_any_stack_there_is_no_further_block():
    """A misspelt --app went on for 24 blocks."""
    with pytest.raises(StartError, match="No module named 'nope'") as raised:
        require_a_start([unstarted(1), unstarted(2)])
    assert raised.value.hint == "Check --app.\nNo stack started, so the run ends here."


@pytest.mark.parametrize("trials", [[], [a_trial(1)], [unstarted(1)], [unstarted(1), a_trial(2)]])
def test_with_one_or_after_one_accident_it_goes_on(trials):
    require_a_start(trials)
