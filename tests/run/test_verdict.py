"""The verdict of real runs: when they stop, what they say, and the exit code that follows claims."""

import json
from pathlib import Path

import pytest

from run.conftest import only_folder
from support.command import APPS, run_wsgibench, went_well

SLOW = ("--app", "delayed:app", "--chdir", str(APPS), "--env", "DELAY_MS=20", "--warmup", "200ms", "--pictures", "off")
UNLIKE = ("gunicorn:w4", "gunicorn:w1", *SLOW, "--connections", "8")
"""Each answer waits 20 ms, so four workers do four times as much as one, however busy this machine is."""
SHORT = (*UNLIKE, "--duration", "1s")


def verdict_in(out: Path) -> dict:
    return json.loads((only_folder(out) / "verdict.json").read_text())


def test_a_run_stops_when_all_is_settled(tmp_path: Path) -> None:
    """Stacks that are far apart need few of the blocks that the plan allows."""
    ended = run_wsgibench(
        "run", *UNLIKE, "--duration", "4s", "--out", str(tmp_path), "--claims", "gunicorn:w4 > gunicorn:w1", "--assert"
    )
    assert ended.code == 0, ended.err
    verdict = verdict_in(tmp_path)
    assert verdict["stop"] == "settled"
    assert verdict["blocks"] < verdict["blocks_most"] == 10
    assert verdict["looks"] == [3, 4, 5, 6, 7, 8, 9, 10]
    assert [claim["answer"] for claim in verdict["claims"]] == ["supported"]
    assert "gunicorn:w4 is best" in ended.out
    assert f"Settled after {verdict['blocks']} blocks" in ended.out
    assert f"after block {verdict['blocks']}: 1 of 1 pair settled" in ended.err
    again = run_wsgibench("resume", str(only_folder(tmp_path)), "--pictures", "off")
    assert again.code == 0, again.err
    assert verdict_in(tmp_path)["blocks"] == verdict["blocks"], "what is settled needs no more blocks"


@pytest.mark.long  # tests/bench/test_experiment.py has it where stacks and engine only pretend
def test_blocks_fix_the_number(tmp_path: Path) -> None:
    """However clear it is before; and a claim that does not hold is exit code 1."""
    asked = ("--blocks", "4", "--claims", "gunicorn:w1 > gunicorn:w4")
    ended = run_wsgibench("run", *SHORT, "--out", str(tmp_path), *asked, "--assert")
    assert ended.code == 1
    assert "'gunicorn:w1 > gunicorn:w4' is not supported" in ended.err
    verdict = verdict_in(tmp_path)
    assert (verdict["blocks"], verdict["stop"]) == (4, "blocks")


@pytest.mark.long  # short: tests/cli/test_claims.py
def test_a_claim_that_does_not_hold_alone_changes_nothing(tmp_path: Path) -> None:
    """Without --assert claims are answered, and that is all."""
    asked = ("--blocks", "1", "--claims", "gunicorn:w4 > gunicorn:w1")
    ended = run_wsgibench("run", *SHORT, "--out", str(tmp_path), *asked)
    assert went_well(ended.code, ended.err), ended.err
    assert "undecided: gunicorn:w4 > gunicorn:w1" in ended.out


@pytest.mark.long  # short: tests/cli/test_claims.py
def test_claims_may_stand_in_the_configuration(tmp_path: Path) -> None:
    """As a list, with objectives of their own, which are then asked for."""
    (tmp_path / "wsgibench.toml").write_text('claims = ["gunicorn:w4 > gunicorn:w1 on p99"]\nmargin = "10%"\n')
    ended = run_wsgibench("run", *SHORT, "--blocks", "1", "--json", "--out", str(tmp_path / "runs"), cwd=tmp_path)
    assert went_well(ended.code, ended.err), ended.err
    verdict = json.loads(ended.out)["verdict"]
    assert [ranking["objective"] for ranking in verdict["rankings"] if ranking["asked"]] == ["throughput", "p99"]
    assert verdict["margin"] == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--claims", "gunicorn is best"), "is not a claim"),
        (("--claims", "gunicorn > granian"), "which is not in this run"),
        (("--claims", "gunicorn > gunicorn"), "about one stack alone"),
        (("--claims", "gunicorn > waitress on speed"), "No objective is called 'speed'"),
        (("--claims", "gunicorn > waitress within 0%"), "no sensible margin"),
        (("--assert",), "no claims to assert"),
        (("--margin", "0%"), "none to call stacks tied by"),
        (("--margin", "90%"), "none to call stacks tied by"),
        (("--margin", "much"), "'much' is not a share"),
        (("--objective", "speed"), "speed"),
    ],
)
def test_what_makes_no_sense_is_refused_at_once(arguments, words, tmp_path: Path) -> None:
    """With exit code 2, and before anything is made."""
    ended = run_wsgibench("run", "gunicorn", "waitress", *SLOW, *arguments, "--out", str(tmp_path / "runs"))
    assert ended.code == 2
    assert words in ended.err
    assert not (tmp_path / "runs").exists()
