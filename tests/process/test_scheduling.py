"""What the scheduler is asked for."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from wsgibench.processes.scheduling import can_run_soon, run_soon

pytestmark = pytest.mark.skipif(
    not (can_run_soon() and Path("/proc/self/sched").exists()),
    reason="this kernel knows no slices, or does not show them",
)


def slice_s(pid: int) -> float:
    """What the kernel says that a process runs at a time."""
    lines = Path(f"/proc/{pid}/sched").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("se.slice")).rpartition(":")[2]) * 1e-9


def test_a_child_runs_in_short_slices_and_so_does_what_it_starts() -> None:
    """Asked from outside, without any right; it keeps its priority and its policy."""
    command = "import subprocess, sys; input(); subprocess.run(['cat', '/proc/self/sched'], stdin=subprocess.DEVNULL)"
    with subprocess.Popen((sys.executable, "-c", command), stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert run_soon(child.pid, slice_s=2e-4)
        assert slice_s(child.pid) == pytest.approx(2e-4)
        assert os.getpriority(os.PRIO_PROCESS, child.pid) == os.getpriority(os.PRIO_PROCESS, 0)
        assert os.sched_getscheduler(child.pid) == os.SCHED_OTHER
        said, _ = child.communicate(b"\n", timeout=10)
    assert int(said.decode().partition("se.slice")[2].partition(":")[2].split()[0]) == 200_000


def test_nobody_is_told_that_it_was_done_where_it_was_not() -> None:
    assert not run_soon(2**22 + 1)
