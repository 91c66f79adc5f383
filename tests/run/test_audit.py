"""A run that was measured once, and what is said of it when its files are damaged, mixed up or changed by hand."""

import json
import shutil
from pathlib import Path

import pytest

from run.conftest import only_folder
from support.command import APPS, run_wsgibench
from wsgibench.analysis.audit import audit
from wsgibench.analysis.verdict import verdict_of
from wsgibench.report.conclusions import markdown
from wsgibench.report.page import page_of
from wsgibench.runs import RunFolder


@pytest.fixture(scope="session")
def measured(tmp_path_factory) -> Path:
    """Two stacks in turns, two blocks, two loads."""
    out = tmp_path_factory.mktemp("measured")
    ended = run_wsgibench(
        *("run", "gunicorn", "waitress", "--blocks", "2", "--duration", "2s", "--warmup", "200ms"),
        *("--rate", "100/s", "--connections", "8", "--workers", "2", "--seed", "3", "--pictures", "off"),
        *("--app", "hello:app", "--chdir", str(APPS), "--out", str(out)),
        timeout_s=110,
    )
    assert ended.code in (0, 1), ended.err
    return only_folder(out)


@pytest.fixture
def run(measured: Path, tmp_path: Path) -> RunFolder:
    """A copy, to be changed."""
    shutil.copytree(measured, tmp_path / "run")
    return RunFolder.open(tmp_path / "run")


def places(run: RunFolder) -> list[Path]:
    """The trials' folders, by number."""
    return sorted(run.path.glob("trials/*"))


def changed(path: Path, change) -> None:
    record = json.loads(path.read_text())
    change(record)
    path.write_text(json.dumps(record))


def at_odds(run: RunFolder) -> dict[int, str]:
    """What is said of trials whose record does not agree with their recordings, by number."""
    return {
        trial.number: gate.cause
        for trial in audit(run).run.trials
        for gate in trial.gates
        if gate.name == "recording" and not gate.passed and not trial.counts
    }


def test_what_was_measured_bears_itself_out(run: RunFolder) -> None:
    """Every figure and every gate comes out the same again."""
    assert at_odds(run) == {}
    found = audit(run).run
    assert len(found.trials) == 4
    assert found == run.read()


def a_doubled_rate(trial) -> None:
    trial["phases"]["saturated"]["requests_per_s"] *= 2


def doubled_answers(trial) -> None:
    a_doubled_rate(trial)
    for turn in trial["turns"]:
        if turn["phase"] == "saturated":
            turn["completed"] *= 2


def half_the_time(trial) -> None:
    a_doubled_rate(trial)
    trial["phases"]["saturated"]["duration_s"] /= 2
    for turn in trial["turns"]:
        if turn["phase"] == "saturated":
            turn["duration_s"] /= 2


def a_faked_median(trial) -> None:
    trial["phases"]["steady"]["p50_s"] = 1e-5


def less_cpu(trial) -> None:
    trial["phases"]["steady"]["server_cpu_s"] /= 2


def less_memory(trial) -> None:
    trial["pss_bytes"] /= 2


def no_failures(trial) -> None:
    trial["phases"]["steady"]["outcomes"]["ok"] += 5


def no_gates(trial) -> None:
    trial["gates"] = []


def no_gate_of_the_trial(trial) -> None:
    trial["gates"] = [gate for gate in trial["gates"] if gate["name"] != "workers"]


def a_wide_gate(trial) -> None:
    for gate in trial["gates"]:
        if gate["name"] == "engine-busy":
            gate["threshold"] = 100.0


def a_gate_turned_round(trial) -> None:
    for gate in trial["gates"]:
        if gate["name"] == "monitor":
            gate["passed"] = not gate["passed"]


def sixty_workers(trial) -> None:
    trial["stack"]["workers"] = 60


def other_cores(trial) -> None:
    trial["cores"]["engine"] = list(range(64))


def nothing_observed(trial) -> None:
    trial["observed"] = None


def no_turns(trial) -> None:
    trial["turns"] = []


def one_load_less(trial) -> None:
    del trial["phases"]["saturated"]


def nothing_compared(trial) -> None:
    trial["bodies"] = None
    trial["gates"] = [gate for gate in trial["gates"] if gate["name"] not in {"same-bodies", "compared-bodies"}]


CHANGES = {
    a_doubled_rate: "requests_per_s of saturated",
    doubled_answers: "good answers",
    half_the_time: "duration_s of saturated",
    a_faked_median: "p50_s of steady is 1e-05",
    less_cpu: "CPU of server and proxy of steady",
    less_memory: "pss_bytes",
    no_failures: "ok of steady",
    no_gates: "it has no gates",
    no_gate_of_the_trial: "the gate 'workers' is not there",
    a_wide_gate: "threshold is 100",
    a_gate_turned_round: "the gate 'monitor' is ",
    sixty_workers: "its stack's workers is 60, and 2 by the plan",
    other_cores: "its cores of the engine",
    nothing_observed: "what was observed is not in it",
    no_turns: "what came of each load is not in it",
    nothing_compared: "the gate 'compared-bodies' is not there",
    one_load_less: "no figures of 'saturated'",
}


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_record_that_says_something_else_than_its_recordings_does_not_count(run: RunFolder, change) -> None:
    """It is said what, and the others are as they were."""
    changed(places(run)[0] / "trial.json", change)
    [(number, cause)] = at_odds(run).items()
    assert number == 1
    assert CHANGES[change] in cause


@pytest.mark.parametrize("change", [a_faked_median, no_failures, no_gates, sixty_workers], ids=lambda it: it.__name__)
def test_nor_does_it_where_the_run_pretends_to_be_an_old_one(run: RunFolder, change) -> None:
    """Of old runs less is known; what is known is held against them."""
    changed(run.path / "run.json", lambda record: record.update(format=1))
    for place in places(run):
        changed(place / "trial.json", lambda trial: trial.update(observed=None))
    assert at_odds(run) == {}
    changed(places(run)[0] / "trial.json", change)
    assert list(at_odds(run)) == [1]


def test_figures_that_are_shown_are_those_of_the_recording(run: RunFolder) -> None:
    before = run.read().trials[0].phases
    changed(places(run)[0] / "trial.json", a_doubled_rate)
    assert audit(run).run.trials[0].phases == before


def test_swapped_recordings_cost_both_trials(run: RunFolder) -> None:
    first, second = (place / "steady.npz" for place in places(run)[:2])
    first.rename(first.with_name("kept.npz"))
    second.rename(first)
    first.with_name("kept.npz").rename(second)
    assert list(at_odds(run)) == [1, 2]


def damaged(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 3] ^= 0xFF
    path.write_bytes(data)


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:200])


@pytest.mark.parametrize("harm", [damaged, cut_short, Path.unlink], ids=["damaged", "cut short", "missing"])
def test_a_recording_that_is_no_more_costs_its_trial_alone(run: RunFolder, harm) -> None:
    """Report and ranking go on with the others."""
    before = audit(run).run.trials
    harm(places(run)[1] / "saturated.npz")
    after = audit(run).run.trials
    assert [trial.number for trial in after] == [1, 2, 3, 4]
    assert after[1].status == "failed"
    assert after[1].phases == {}
    assert [*after[:1], *after[2:]] == [*before[:1], *before[2:]]
    ended = run_wsgibench("report", str(run.path), "--pictures", "off")
    assert ended.code == 0, ended.err
    assert "saturated.npz" in ended.out


def test_a_monitor_that_is_no_more_costs_its_trial(run: RunFolder) -> None:
    """Nobody knows any more what it saw."""
    (places(run)[0] / "monitor.json").unlink()
    assert list(at_odds(run)) == [1]


def a_copy(place: Path) -> None:
    shutil.copytree(place, place.with_name(place.name.replace("0001", "0001-again")))


def a_copy_with_a_number(place: Path) -> None:
    other = place.with_name(place.name.replace("0001", "0099"))
    shutil.copytree(place, other)
    changed(other / "trial.json", lambda trial: trial.update(number=99))


def a_copy_in_a_later_block(place: Path) -> None:
    other = place.with_name(place.name.replace("0001", "0005"))
    shutil.copytree(place, other)
    changed(other / "trial.json", lambda trial: trial.update(number=5, block=3))


def another_with_its_number(place: Path) -> None:
    """In a place of its own stack's that was never drawn, and before the one that was."""
    [other] = {"gunicorn", "waitress"} - {place.name.removeprefix("0001-")}
    copy = place.with_name(f"0001-{other}")
    shutil.copytree(place, copy)
    changed(copy / "trial.json", lambda trial: trial["stack"].update(server=other))


def no_record(place: Path) -> None:
    other = place.with_name("0009-gunicorn")
    other.mkdir()
    (other / "trial.json").write_text('{"number": 9')


@pytest.mark.parametrize(
    "add", [a_copy, a_copy_with_a_number, a_copy_in_a_later_block, another_with_its_number, no_record]
)
def test_what_is_no_trial_of_the_run_is_left_out_and_said(run: RunFolder, add) -> None:
    """It takes no place in any figure, and none of the others loses its own."""
    before = audit(run).run.trials
    add(places(run)[0])
    found = audit(run)
    assert found.run.trials == before
    [sentence] = found.run.left_out
    [caution] = [each for each in verdict_of(run).cautions if each.name == "left-out"]
    assert caution.cause == sentence


def test_all_of_it_is_said_wherever_a_run_is_shown(run: RunFolder) -> None:
    """On the terminal, as JSON, as Markdown and in the page; without the figures of what does not count."""
    changed(places(run)[0] / "trial.json", a_doubled_rate)
    (places(run)[1] / "steady.npz").unlink()
    a_copy(places(run)[0])
    said = "does not agree with what was recorded: requests_per_s of saturated is"
    shown = run_wsgibench("report", str(run.path), "--pictures", "off")
    assert shown.code == 0, shown.err
    verdict = verdict_of(run)
    for text in (shown.out, page_of(run, verdict)):
        assert said in text
        assert "steady.npz" in text
        assert "is left out" in text
    found = json.loads((run.path / "verdict.json").read_text())
    assert found["trials"] == 4
    assert found["not_counted"]["recording"] == 2
    assert [each["name"] for each in found["cautions"]].count("left-out") == 1
    assert "recording" in markdown(verdict)
    assert "is left out" in markdown(verdict)


def test_compare_counts_only_what_bears_itself_out(run: RunFolder, measured: Path, tmp_path: Path) -> None:
    """A run that was made twice as fast by hand is no faster than before."""
    for place in places(run):
        changed(place / "trial.json", a_doubled_rate)
    ended = run_wsgibench("compare", str(measured), str(run.path))
    assert ended.code == 1
    assert "No trial of" in ended.err
