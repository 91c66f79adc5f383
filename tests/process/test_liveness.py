"""Whether processes live is asked of the kernel, at next to no cost."""

import errno
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from wsgibench.processes.liveness import Liveness


@pytest.fixture
def sleepers() -> Iterator[list[subprocess.Popen[bytes]]]:
    started = [subprocess.Popen(("/bin/sleep", "300")) for _ in range(3)]
    yield started
    for each in started:
        each.kill()
        each.wait()


@pytest.fixture(params=["descriptors", "no descriptors"])
def kernel(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of before Linux 5.3, or in a sandbox, there are no descriptors of processes."""

    def refuse(_pid: int) -> int:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))

    if request.param == "no descriptors":
        monkeypatch.setattr(os, "pidfd_open", refuse)


@pytest.mark.usefixtures("kernel")
def test_the_one_that_ended_is_told(sleepers: list[subprocess.Popen[bytes]]) -> None:
    """Though nobody has waited for it yet, and again at each look."""
    with Liveness(each.pid for each in sleepers) as alive:
        assert alive.ended() == frozenset()
        sleepers[1].kill()
        alive.wait()
        assert alive.ended() == {sleepers[1].pid}
        assert alive.ended() == {sleepers[1].pid}


def test_one_that_ended_before_is_told(sleepers: list[subprocess.Popen[bytes]]) -> None:
    """And one that never was: 0."""
    gone = subprocess.Popen(("/bin/true",))
    gone.wait()
    with Liveness([gone.pid, 0, sleepers[0].pid]) as alive:
        assert alive.ended() == {gone.pid, 0}


def test_a_look_costs_next_to_nothing(sleepers: list[subprocess.Popen[bytes]]) -> None:
    """A few microseconds of CPU for all, and that is told; asking supervisord took some milliseconds."""
    with Liveness(each.pid for each in sleepers) as alive:
        began_s = time.thread_time()
        for _ in range(1000):
            alive.ended()
        assert alive.checks == 1000
        assert 0 < alive.cpu_s <= time.thread_time() - began_s < 0.2


def test_no_descriptor_is_left(sleepers: list[subprocess.Popen[bytes]]) -> None:
    before = _descriptors()
    with Liveness(each.pid for each in sleepers):
        assert _descriptors() == before + len(sleepers)
    assert _descriptors() == before


def _descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))
