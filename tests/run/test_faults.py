"""What goes wrong in the middle of a run is seen, said, and marked by the right gate; and leaves nothing."""

import os
import random
import signal
import socket
import time
from pathlib import Path

import pytest

from run.conftest import QUICK, failed_gates, only_folder, trials_of
from support.command import APPS, family_of, run_wsgibench, wait_until_gone, went_well
from wsgibench.bench.experiment import run as carried_out
from wsgibench.bench.parts import Parts
from wsgibench.bench.planning import plan_of
from wsgibench.bench.run_options import RunOptions
from wsgibench.bench.running_stack import RunningStack
from wsgibench.hosts import LocalHost
from wsgibench.model.address import Tcp
from wsgibench.model.app import App
from wsgibench.model.run import FORMAT
from wsgibench.processes.ports import free_ports
from wsgibench.runs.folder import RunFolder

HELLO = ("--app", "hello:app", "--chdir", str(APPS))
SLOW = (*QUICK, *HELLO, "--duration", "6s")


def measuring(run) -> int:
    """Wait until the monitor runs, so that the trial is being measured; its process id."""
    pid = run.wait_for_child("wsgibench.monitors._psutil")
    time.sleep(1.5)  # ramp and warm-up
    return pid


@pytest.mark.parametrize(
    ("victim", "gate", "said"),
    [
        (("-m gunicorn", "_supervisord"), "processes", "'gunicorn' ended while it was measured."),
        pytest.param(
            ("nginx: master", "_supervisord"),
            "processes",
            "'nginx' ended while it was measured.",
            marks=pytest.mark.long,
        ),
        (("-m gunicorn", "-m gunicorn"), "restarts", "replaced while measured"),
        (("wsgibench.engines._locust", ""), "engine", "by signal 9"),
        pytest.param(("wsgibench.monitors._psutil", ""), "monitor", "The monitor ended early", marks=pytest.mark.long),
    ],
    ids=["server", "proxy", "worker", "engine", "monitor"],
)
def test_a_death_is_marked_by_the_right_gate(in_background, victim: tuple[str, str], gate: str, said: str) -> None:
    run = in_background("nginx+gunicorn", *SLOW)
    measuring(run)
    family = family_of(run.process.pid)
    os.kill(run.wait_for_child(victim[0], under=victim[1]), signal.SIGKILL)
    assert run.wait() == 1
    [trial] = trials_of(only_folder(run.out))
    assert gate in failed_gates(trial)
    assert said in next(each["cause"] for each in trial["gates"] if each["name"] == gate)
    wait_until_gone(family)


@pytest.mark.long
def test_a_run_goes_on_after_a_trial_that_failed(in_background) -> None:
    run = in_background("nginx+gunicorn", *SLOW, "--blocks", "2")
    measuring(run)
    os.kill(run.wait_for_child("-m gunicorn", under="_supervisord"), signal.SIGKILL)
    assert went_well(run.wait(), run.said()), run.said()
    first, second = trials_of(only_folder(run.out))
    assert (first["status"], second["status"]) == ("failed", "done")
    assert failed_gates(second) == []


def test_supervisord_is_made_anew_for_the_next_block(in_background) -> None:
    """It takes all stacks with it: those trials say so, and the next block has one of its own."""
    load = ("--connections", "4", "--duration", "2s", "--blocks", "2", "--pictures", "off")
    run = in_background("gunicorn", "waitress", *HELLO, *load)
    run.wait_for_child("wsgibench.monitors._psutil")
    family = family_of(run.process.pid)
    os.kill(run.wait_for_child("_supervisord"), signal.SIGKILL)
    run.wait()
    trials = trials_of(only_folder(run.out))
    assert [(trial["block"], trial["status"]) for trial in trials] == [(1, "failed")] * 2 + [(2, "done")] * 2
    for trial in trials[:2]:
        assert failed_gates(trial) == ["processes"]
        assert trial["error"].startswith("supervisord, which keeps all stacks, ended while it was measured.")
    for trial in trials[2:]:
        # How it is seen is in the record: cheap, and often.
        assert trial["liveness"]["checks"] > 2
        assert trial["liveness"]["cpu_s"] < 0.05
    wait_until_gone(family)


def figures_of(trial):
    """All that is known of a trial but how its bodies compare."""
    gates = [gate for gate in trial["gates"] if gate["name"] not in {"same-bodies", "compared-bodies"}]
    return {**trial, "bodies": None, "gates": gates}


def test_ctrl_c_keeps_what_is_finished_and_resume_goes_on(in_background) -> None:
    run = in_background("gunicorn", "waitress", *SLOW, "--duration", "2s", "--blocks", "2", "--seed", "5")
    end = time.monotonic() + 30
    while len(list(run.out.glob("*/trials/*/trial.json"))) < 1:
        assert time.monotonic() < end
        time.sleep(0.05)
    family = family_of(run.process.pid)
    run.process.send_signal(signal.SIGINT)
    assert run.wait() == 130
    wait_until_gone(family)
    folder = only_folder(run.out)
    assert f"wsgibench resume {folder}" in run.said()
    assert len(list((folder / "trials").iterdir())) == 1
    [first] = trials_of(folder)
    ended = run_wsgibench("resume", str(folder))
    assert went_well(ended.code, ended.err), ended.err
    trials = trials_of(folder)
    assert [trial["number"] for trial in trials] == [1, 2, 3, 4]
    assert figures_of(trials[0]) == figures_of(first)
    # Nobody had answered beside it when the run was broken off.
    assert trials[0]["bodies"]["compared"] == 1
    assert RunFolder.open(folder).read().run.status == "done"


@pytest.mark.long  # short: tests/runs/test_folder.py
def test_a_folder_of_another_format_is_refused(in_background) -> None:
    run = in_background("gunicorn", *SLOW, "--duration", "1s")
    assert went_well(run.wait(), run.said()), run.said()
    record = only_folder(run.out) / "run.json"
    record.write_text(record.read_text().replace(f'"format": {FORMAT}', '"format": 99'))
    ended = run_wsgibench("resume", str(record.parent))
    assert ended.code == 1
    assert "format 99" in ended.err


@pytest.mark.timeout(400)
@pytest.mark.parametrize("times", [4, pytest.param(12, marks=pytest.mark.long)])
def test_sigkill_at_any_instant_loses_at_most_the_trial_at_hand(in_background, times: int) -> None:
    """So often, at random: no process and no private directory is left, and all finished trials read back."""
    draw = random.Random(20)
    for _ in range(times):
        run = in_background("nginx+uwsgi", "gunicorn", *QUICK, *HELLO, "--duration", "1s", "--blocks", "2")
        time.sleep(draw.uniform(0.2, 4.0))
        family = family_of(run.process.pid)
        run.close()
        wait_until_gone(family)
    # A hidden one is of a run that was killed before it had its name.
    for folder in (path for path in run.out.iterdir() if not path.name.startswith(".")):
        for trial in RunFolder.open(folder).read().trials:
            assert trial.status == "done"


def test_a_stolen_port_fails_the_trial_alone(tmp_path: Path) -> None:
    """Somebody else listens where the stack was to: the trial fails, the next one is done."""
    app = App(target="hello:app", directory=str(APPS))
    run_options = RunOptions(
        app=app, stacks=["waitress"], users=10, duration_s=2, warmup_s=0.1, blocks=2, start_timeout_s=2
    )
    plan = plan_of(run_options)
    with socket.create_server(("127.0.0.1", 0)) as thief:
        stolen = Tcp(port=thief.getsockname()[1])
        addresses = iter([stolen, free_ports(1)[0]])

        class Host(LocalHost):
            def free_port(self, *_: object, **__: object) -> Tcp:
                return next(addresses)

        first, second = carried_out(plan, tmp_path / "runs", parts=Parts(stack=RunningStack, host=Host)).trials
    assert (first.status, second.status) == ("failed", "done")
    assert [gate.name for gate in first.gates] == ["start"]


@pytest.mark.long  # short: tests/unit/test_gates.py
def test_a_stopped_store_is_seen(in_background, tmp_path: Path) -> None:
    """The store goes away in the middle: 503s, which are failures."""
    store = tmp_path / "quotes.db"
    assert run_wsgibench("list").code == 0
    run = in_background("gunicorn", *QUICK, "--duration", "6s", "--users", "100", "--store", f"sqlite:///{store}")
    measuring(run)
    with store.open("r+b") as file:
        file.truncate(100)
    assert run.wait() == 1
    [trial] = trials_of(only_folder(run.out))
    assert "errors" in failed_gates(trial)
