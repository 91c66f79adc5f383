"""Runs on shared cores, on cores of their own, and beside others."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import DEVNULL, Popen
from typing import Any

import psutil
import pytest

from run.conftest import only_folder, trials_of
from support.command import APPS, Ended, run_wsgibench

CORES = sorted(os.sched_getaffinity(0))
RUN = (
    "run", "gunicorn", "waitress", "--app", "hello:app", "--chdir", str(APPS), "--blocks", "1", "--warmup", "100ms",
    "--pictures", "off", "--rate", "50/s", "--duration", "2s",
)  # fmt: skip

pytestmark = pytest.mark.skipif(len(CORES) < 2, reason="there is one core")


def measured(out: Path, *arguments: str) -> tuple[Ended, Path, list[dict[str, Any]]]:
    ended = run_wsgibench(*RUN, *arguments, "--other-cpu", "10%", "--out", str(out))
    folder = only_folder(out)
    return ended, folder, trials_of(folder)


def gate(trial: dict[str, Any], name: str) -> dict[str, Any] | None:
    return next((each for each in trial["gates"] if each["name"] == name), None)


@contextmanager
def a_fire_on(core: int) -> Iterator[None]:
    """Somebody else's process, which burns all that it gets of that core."""
    burn = f"import os; os.sched_setaffinity(0, {{{core}}})\nwhile True: pass"
    with Popen((sys.executable, "-c", burn), stdin=DEVNULL) as fire:
        try:
            yield
        finally:
            fire.kill()


def test_on_shared_cores_the_stack_has_all_and_the_engine_is_watched(tmp_path: Path) -> None:
    """The record, the gate and what is shown say so."""
    ended, folder, trials = measured(tmp_path, "--cores", "shared")
    for trial in trials:
        assert trial["cores"]["server"] == trial["cores"]["engine"] == CORES
        share = gate(trial, "engine-share")
        assert share is not None
        assert 0 < share["figure"] < 0.2
    assert json.loads((folder / "run.json").read_text())["plan"]["cores"]["asked"] is True
    everything = "both of its 2 cores" if len(CORES) == 2 else f"all of its {len(CORES)} cores"
    assert f"on this machine (on {everything}, {max(len(CORES), 2)} workers, hello:app)" in ended.out
    assert "The load engine ran on the same cores as the stacks" in ended.out


PINNED = ("--stack-cores", str(CORES[-1]), "--engine-cores", str(CORES[0]))


@pytest.fixture(scope="module")
def pinned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Ended, list[dict[str, Any]], float]:
    """A run on cores apart, and how busy the stack's was with something else before or after it."""
    before = busy_share(CORES[-1])
    ended, _, trials = measured(tmp_path_factory.mktemp("pinned"), *PINNED)
    return ended, trials, max(before, busy_share(CORES[-1]))


def test_apart_the_engine_takes_nothing_and_the_stack_has_less(
    pinned: tuple[Ended, list[dict[str, Any]], float],
) -> None:
    """No gate is asked about what is not shared."""
    ended, trials, _ = pinned
    for trial in trials:
        assert (trial["cores"]["server"], trial["cores"]["engine"]) == ([CORES[-1]], [CORES[0]])
        assert gate(trial, "engine-share") is None
    assert f"on 1 of its {len(CORES)} cores (the load engine had" in ended.out
    assert "2 workers" in ended.out


def test_who_else_uses_the_stacks_core_is_seen(tmp_path: Path) -> None:
    """A fire on it fails every trial, with the share that it took."""
    with a_fire_on(CORES[-1]):
        _, _, trials = measured(tmp_path, *PINNED)
    shares = [gate(trial, "other-processes") for trial in trials]
    assert len(shares) == 2
    assert all(share is not None and not share["passed"] and share["figure"] > 0.5 for share in shares)


def test_nobody_is_seen_where_nobody_is(pinned: tuple[Ended, list[dict[str, Any]], float]) -> None:
    """Neither the stacks, nor what else the run consists of, is taken for somebody else."""
    _, trials, busy = pinned
    shares = [gate(trial, "other-processes") for trial in trials]
    if busy > 0.05:
        pytest.skip("this machine is at work for somebody else")
    assert all(share is not None and share["passed"] for share in shares)


def busy_share(core: int) -> float:
    """Of that core, while no run is on."""
    return psutil.cpu_percent(interval=0.5, percpu=True)[core] / 100
