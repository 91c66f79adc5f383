"""Locust workers that join a run: here from the same machine, by the command that the run prints."""

import shlex
import subprocess
import sys
import time

from run.conftest import failed_gates, only_folder, trials_of
from support.command import APPS, went_well


def test_a_run_waits_for_workers_and_says_how_to_start_one(in_background) -> None:
    """The printed command is all that it takes; the worker's histogram is the trial's."""
    run = in_background(
        "gunicorn",
        "--app",
        "hello:app",
        "--chdir",
        str(APPS),
        "--users",
        "20",
        "--duration",
        "2s",
        "--blocks",
        "1",
        "--locust-workers",
        "1",
    )
    end = time.monotonic() + 30
    while "Start one elsewhere with: " not in run.said():
        assert time.monotonic() < end, run.said()
        assert run.process.poll() is None, run.said()
        time.sleep(0.05)
    command = run.said().split("Start one elsewhere with: ")[1].splitlines()[0]
    words = shlex.split(command)
    worker = subprocess.Popen([sys.executable, *words[1:]], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        assert went_well(run.wait(), run.said()), run.said()
    finally:
        worker.kill()
        worker.wait()
    [trial] = trials_of(only_folder(run.out))
    assert failed_gates(trial) == []
    assert trial["phases"]["users"]["outcomes"]["ok"] > 10
