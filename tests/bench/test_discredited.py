"""What is shown of a stack in one block holds for its earlier trials."""

from pathlib import Path

from support.records import a_run, a_trial
from support.small_run import PASSED
from wsgibench.bench.comparing_afterwards import discredit
from wsgibench.model.answers import ComparedBodies, WrongBody
from wsgibench.runs import RunFolder

WRONG = WrongBody(path="/8000", wrong="no", right="yes", agreeing=("b", "c"))
RIGHT = ComparedBodies(asked=9, compared=9, expected=4)


def test_a_stack_that_is_found_wrong_was_wrong_before(tmp_path: Path) -> None:
    """Its trials of before do not count any more, and say where it was shown; those of others do."""
    folder = RunFolder.create(tmp_path, a_run())
    trials = [
        a_trial(1, "gunicorn", block=1, bodies=RIGHT, gates=(PASSED,)),
        a_trial(2, "uwsgi", block=1, bodies=RIGHT, gates=(PASSED,)),
    ]
    shown = a_trial(3, "gunicorn", block=2, bodies=ComparedBodies(asked=9, compared=9, expected=4, wrong=(WRONG,)))
    for trial in trials:
        folder.begin_trial(trial.folder).write(trial)
    discredit(shown, folder)
    first, other = folder.read().trials
    assert not first.counts
    [gate] = [gate for gate in first.gates if not gate.passed]
    assert gate.name == "same-bodies"
    assert gate.cause.startswith("Shown in block 2: ")
    assert "'/8000' with 'no' where 'b' and 'c' say 'yes'" in gate.cause
    assert other == trials[1]
