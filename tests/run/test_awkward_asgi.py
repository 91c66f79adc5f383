"""What a run reports of ASGI apps that behave badly; what each server makes of them stands in the contract."""

from pathlib import Path

import pytest

from run.conftest import only_folder
from support.command import run_wsgibench, went_well
from wsgibench.analysis.verdict import verdict_of
from wsgibench.contract.serving import APPS
from wsgibench.runs import RunFolder

AWKWARD = ("--app", "asgi_awkward:app", "--chdir", str(APPS), "--env", "LIFESPAN=fails", "--path", "/blocks")
LOAD = ("--connections", "4", "--workers", "1", "--blocks", "1", "--duration", "1s", "--warmup", "300ms")


@pytest.mark.parametrize("stacks", [("uvicorn",), pytest.param(("uvicorn", "daphne"), marks=pytest.mark.long)])
def test_a_start_that_fails_and_a_loop_that_is_blocked_are_reported_as_such(
    stacks: tuple[str, ...], tmp_path: Path
) -> None:
    """Under uvicorn the app is never served, and the trial says why in the app's words.

    Under daphne, which knows no lifespan, it is, and blocks the loop for 0.3 s: what is reported is what it bears.
    """
    ended = run_wsgibench("run", *stacks, *AWKWARD, *LOAD, "--out", str(tmp_path))
    assert went_well(ended.code, ended.out + ended.err), ended.err
    folder = RunFolder.open(only_folder(tmp_path))
    trials = {trial.stack.server: trial for trial in folder.read().trials}
    [gate] = [gate for gate in trials["uvicorn"].gates if not gate.passed]
    assert (gate.name, "the store is not there" in gate.advice) == ("start", True)
    if "daphne" in stacks:
        [standing] = verdict_of(folder).rankings[0].standings
        # Four at a time are answered one after another: 3.3/s at most, and one more where the second begins.
        assert standing.stack == "daphne"
        assert standing.value is None or standing.value < 5
