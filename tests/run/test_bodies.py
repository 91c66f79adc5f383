"""What stacks answer under load is compared, path by path, on real stacks."""

import json
from pathlib import Path

import pytest

from run.conftest import failed_gates, only_folder, trials_of
from support.command import APPS, run_wsgibench, went_well

STACKS = ("gunicorn", "waitress", "werkzeug")
pytestmark = pytest.mark.timeout(300)


def run_liar(out: Path, *arguments: str, stacks: tuple[str, ...] = STACKS, ids: int = 900_000, **env: str) -> dict:
    """A run of the app ``liar``: its trials by server, and how it ended."""
    given = [word for name, value in env.items() for word in ("--env", f"{name}={value}")]
    app = ("--app", "liar:app", "--chdir", str(APPS), "--path", "/{id}", "--ids", f"1..{ids}", *given)
    ended = run_wsgibench("run", *stacks, *app, "--out", str(out), *arguments, timeout_s=280)
    assert went_well(ended.code, ended.err), ended.err
    found: dict = {"ended": ended, "trials": trials_of(only_folder(out)), "folder": only_folder(out)}
    return found


SHORT = ("--blocks", "1", "--connections", "4", "--duration", "1s", "--pictures", "off")


LONG = pytest.mark.long
"""The short form is the other parameter's, or the same without processes in tests/unit/test_bodies.py."""


@pytest.mark.parametrize("liar", [pytest.param(STACKS[0], marks=LONG), STACKS[1], pytest.param(STACKS[2], marks=LONG)])
def test_whoever_lies_is_named(liar: str, tmp_path: Path) -> None:
    """One id in 100 of 900,000: whichever stack it is, it leaves the block, and the other two count."""
    run = run_liar(tmp_path, *SHORT, "--pictures", "on", LIAR=liar, ONE_IN="100")
    for trial in run["trials"]:
        is_liar = trial["stack"]["server"] == liar
        assert ("same-bodies" in failed_gates(trial)) == is_liar, trial["gates"]
        assert (trial["status"] == "failed") == is_liar
        assert (
            is_liar or trial["bodies"]["compared"] > 50
        )  # it may have left before the load, at one of the first answers
    [wrong, *_] = next(trial for trial in run["trials"] if trial["status"] == "failed")["bodies"]["wrong"]
    assert wrong["wrong"] == "<script>Database is down</script>"
    assert wrong["right"] == f"page {wrong['path'][1:]}"
    assert set(wrong["agreeing"]) == set(STACKS) - {liar}
    page = (run["folder"] / "report.html").read_text()
    assert "&lt;script&gt;Database is down&lt;/script&gt;" in page
    assert "<script>Database" not in page
    said = " ".join((run["ended"].out + run["ended"].err).split())
    assert f"answers '{wrong['path']}' with" in said  # the value of LIAR is left out, as those of all variables are
    counts = any(all(gate["passed"] for gate in trial["gates"]) for trial in run["trials"])  # or the machine was busy
    assert ("of each stack that counts were compared with those of other stacks" in said) == counts


@LONG
def test_a_stack_that_turns_wrong_under_load_is_named(tmp_path: Path) -> None:
    """Right to its first 300 requests, verification and warm-up among them, then quickly and wrong to all."""
    run = run_liar(tmp_path, *SHORT, "--workers", "1", LIAR="waitress", AFTER="300")
    assert [trial["stack"]["server"] for trial in run["trials"] if "same-bodies" in failed_gates(trial)] == ["waitress"]


@LONG
def test_two_that_contradict_each_other_are_both_said_and_do_not_count(tmp_path: Path) -> None:
    run = run_liar(tmp_path, *SHORT, stacks=STACKS[:2], LIAR="waitress", ONE_IN="20")
    for trial in run["trials"]:
        assert failed_gates(trial) == ["same-bodies"]
        assert "Nobody knows who is right" in trial["error"]


@pytest.mark.parametrize("turns", ["on", pytest.param("off", marks=LONG)])
def test_pages_that_change_slowly_are_not_blamed(tmp_path: Path, turns: str) -> None:
    """Every half second all pages change: more often than all stacks can be asked for all of them."""
    run = run_liar(tmp_path, *SHORT, "--turns", turns, ids=400, PAGES="minutes")
    for trial in run["trials"]:
        assert not {"same-bodies", "compared-bodies"} & set(failed_gates(trial)), trial["gates"]
    assert any(trial["bodies"]["differing"] for trial in run["trials"])


@pytest.mark.parametrize(
    "load", [pytest.param(("--connections", "4"), marks=LONG), ("--users", "60", "--spawn-rate", "600")]
)
def test_stacks_measured_one_after_another_are_compared_afterwards(load: tuple[str, ...], tmp_path: Path) -> None:
    """By both engines: all are started once more and asked for what is disputed."""
    common = ("--blocks", "1", "--duration", "2s", "--turns", "off", "--pictures", "off", *load)
    run = run_liar(tmp_path, *common, ids=300, LIAR="gunicorn", ONE_IN="10")
    for trial in run["trials"]:
        assert ("same-bodies" in failed_gates(trial)) == (trial["stack"]["server"] == "gunicorn"), trial["gates"]
        assert trial["status"] == "done"
        assert trial["bodies"]["compared"] >= trial["bodies"]["expected"] > 10


@pytest.mark.parametrize(
    ("stacks", "blamed"),
    [
        (("waitress", "werkzeug"), {"waitress", "werkzeug"}),  # nobody knows who of two is right
        pytest.param(STACKS, {"waitress"}, marks=LONG),
    ],
)
def test_who_lies_is_found_of_what_only_one_can_have(stacks: tuple[str, ...], blamed: set[str], tmp_path: Path) -> None:
    """No two stacks can be up together: they are started one after another, asked, and started and asked once more."""
    common = ("--blocks", "1", "--duration", "1s", "--turns", "off", "--pictures", "off", "--connections", "2")
    settings = {"LIAR": "waitress", "ONE_IN": "10", "LOCK": str(tmp_path / "lock")}
    run = run_liar(tmp_path / "runs", *common, "--workers", "1", stacks=stacks, ids=60, **settings)
    assert {trial["stack"]["server"] for trial in run["trials"] if "same-bodies" in failed_gates(trial)} == blamed
    for trial in run["trials"]:
        assert "compared-bodies" not in failed_gates(trial), trial["gates"]
        assert trial["status"] == "done"


@LONG
def test_what_is_known_is_kept_for_a_run_that_goes_on(tmp_path: Path) -> None:
    run = run_liar(tmp_path, "--blocks", "2", "--connections", "2", "--duration", "2s", "--pictures", "off", ids=50)
    first = [trial["bodies"] for trial in run["trials"] if trial["block"] == 1]
    assert all(each["compared"] == each["asked"] == 50 for each in first)
    known = (run["folder"] / "answers.npz").read_bytes()
    for trial in run["trials"]:
        if trial["block"] == 2:
            next(run["folder"].glob(f"trials/{trial['number']:04d}-*/trial.json")).unlink()
    ended = run_wsgibench("resume", str(run["folder"]), "--pictures", "off")
    assert went_well(ended.code, ended.err), ended.err
    assert len(trials_of(run["folder"])) == len(run["trials"])
    assert len((run["folder"] / "answers.npz").read_bytes()) == pytest.approx(len(known), rel=0.2)


@LONG
@pytest.mark.parametrize("one_in", ["200", "1000"])
def test_the_default_run_finds_one_wrong_page_in_thousands(one_in: str, tmp_path: Path) -> None:
    """As it is by default, but for its budget; of as many pages as the sample app has."""
    run = run_liar(tmp_path, "--budget", "120s", "--json", ids=8558, LIAR="waitress", ONE_IN=one_in)
    lied = [trial for trial in run["trials"] if "same-bodies" in failed_gates(trial)]
    assert {trial["stack"]["server"] for trial in lied} == {"waitress"}
    summary = {row["stack"]: row for row in json.loads(run["ended"].out)["summary"]}
    assert summary["waitress"]["counted"] < summary["waitress"]["trials"]
