"""Short runs of small apps, from the command line."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from support.command import APPS, TIMEOUT_S, Ended, beside_others, family_of, run_wsgibench
from wsgibench.analysis.audit import audit
from wsgibench.runs import RunFolder

QUICK = (
    "--users",
    "40",
    "--spawn-rate",
    "400",
    "--warmup",
    "300ms",
    "--blocks",
    "1",
    "--engine",
    "locust",
    "--pictures",
    "off",
)


class RunInBackground:
    """``wsgibench run`` of the app ``hello``, to be disturbed."""

    def __init__(self, out: Path, *arguments: str) -> None:
        self.out = out
        self.log = out.with_suffix(".err").open("w+")
        self.process = subprocess.Popen(
            (sys.executable, "-m", "wsgibench", *beside_others(("run", *arguments, "--out", str(out)))),
            stdout=subprocess.DEVNULL,
            stderr=self.log,
            env={**os.environ, "NO_COLOR": "1"},
        )

    def wait_for_child(self, *words: str, under: str = "") -> int:
        """The process id of the first one below us whose command line (and its parent's) has these words."""
        end = time.monotonic() + TIMEOUT_S
        while time.monotonic() < end:
            for pid in family_of(self.process.pid):
                try:
                    process = psutil.Process(pid)
                    line = " ".join(process.cmdline())
                    parent = process.parent()
                    above = " ".join(parent.cmdline()) if parent else ""
                except psutil.NoSuchProcess:
                    continue
                if all(word in line for word in words) and under in above and pid != self.process.pid:
                    return pid
            time.sleep(0.02)
        raise AssertionError(f"no process with {words}: {self.said()}")

    def said(self) -> str:
        self.log.flush()
        return Path(self.log.name).read_text()

    def wait(self) -> int:
        return self.process.wait(TIMEOUT_S)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(TIMEOUT_S)
        self.log.close()


@pytest.fixture
def in_background(tmp_path: Path) -> Any:
    """A function that starts a run in the background; ended when the test is."""
    runs: list[RunInBackground] = []

    def start(*arguments: str) -> RunInBackground:
        run = RunInBackground(tmp_path / "runs", *arguments)
        runs.append(run)
        return run

    yield start
    for run in runs:
        run.close()


@pytest.fixture
def quick_run(tmp_path: Path) -> Callable[..., tuple[Ended, Path, list[dict[str, Any]]]]:
    """A function that does a short run: how it ended, its folder, its trials."""

    def run(*arguments: str, app: str = "hello:app", parent: str = "runs") -> tuple[Ended, Path, list[dict[str, Any]]]:
        ended, folder = do_quick_run(tmp_path / parent, *arguments, app=app)
        return ended, folder, trials_of(folder)

    return run


def do_quick_run(out: Path, *arguments: str, app: str = "hello:app") -> tuple[Ended, Path]:
    """How it ended, and its folder."""
    ended = run_wsgibench(
        "run", *QUICK, "--duration", "3s", *arguments, "--app", app, "--chdir", str(APPS), "--out", str(out)
    )
    return ended, only_folder(out)


def only_folder(out: Path) -> Path:
    [folder] = [path for path in out.iterdir() if path.is_dir()]
    return folder


def trials_of(folder: Path) -> list[dict[str, Any]]:
    """The finished trials of a run, by number."""
    return [json.loads(path.read_text()) for path in sorted(folder.glob("trials/*/trial.json"))]


def assert_borne_out(path: Path) -> None:
    """All that the run's records say follows from its recordings."""
    folder = RunFolder.open(path)
    assert audit(folder).run == folder.read()


MACHINE_NOISE = ("lateness", "drift", "steal", "other-processes")
"""What a machine that is busy with something else does to any trial."""


def failed_gates(trial: dict[str, Any]) -> list[str]:
    """Names of the gates that failed, but for those that say something of the machine alone."""
    return [gate["name"] for gate in trial["gates"] if not gate["passed"] and gate["name"] not in MACHINE_NOISE]
