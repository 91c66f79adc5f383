"""What every monitor must keep; a new one is tested by existing."""

import os
import time
from pathlib import Path

import pytest

from wsgibench.bench.monitor_process import MonitorProcess
from wsgibench.deploy.requirements import require_monitor
from wsgibench.errors import MissingError
from wsgibench.model.monitor import MonitorJob
from wsgibench.monitors import MONITORS

JOB = MonitorJob(output="/tmp/trial/monitor.json", interval_s=1.0, trees={"server": (1,)})
every_monitor = pytest.mark.parametrize("name", MONITORS.names())


@every_monitor
def test_it_is_started_by_an_argument_list(name: str) -> None:
    """Of its program, or of our interpreter and the job file."""
    monitor = MONITORS.get(name)
    argv = monitor.argv("/usr/bin/python3", JOB, "/tmp/trial/job.json")
    assert all(isinstance(word, str) for word in argv)
    if monitor.program:
        assert argv[0] == monitor.program
    else:
        assert argv[0] == "/usr/bin/python3"
        assert argv[-1] == "/tmp/trial/job.json"


@every_monitor
@pytest.mark.parametrize("data", [b"", b"{", b"null", b'{"samples": 3}', b"\xff\x00" * 99, b'"samples":[1,2'])
def test_what_is_no_file_of_it_gives_no_samples_and_a_warning(name: str, data: bytes) -> None:
    """And never an exception: a monitor that stopped is a gate's matter."""
    samples, warnings = MONITORS.get(name).parse(data)
    assert samples == []
    assert warnings


@every_monitor
def test_it_watches_this_machine_until_it_is_ended(name: str, tmp_path: Path) -> None:
    """Samples in the order of their time, with the cores from the second on, and what it can say of a tree."""
    _skip_if_missing(name)
    output = tmp_path / "monitor.json"
    job = MonitorJob(output=str(output), interval_s=0.2, trees={"server": (os.getpid(),)})
    began_s, monitor = time.time(), MonitorProcess(name, job, directory=tmp_path)
    try:
        monitor.wait_ready()
        assert output.stat().st_size, monitor.log.read_text()
        deadline = time.monotonic() + 30
        while not output.exists() or len(MONITORS.get(name).parse(output.read_bytes())[0]) < 2:
            assert time.monotonic() < deadline, monitor.log.read_text()
            time.sleep(0.05)
        data = monitor.seen(began_s - 1, time.time() + 1, expected=2)
    finally:
        monitor.end()
    assert not data.died
    times = [sample.time_s for sample in data.samples]
    assert len(times) >= 2
    assert times == sorted(set(times))
    assert all(sample.cpu_busy_share for sample in data.samples[1:-1])
    for sample in data.samples:
        assert all(tree.processes >= 1 and tree.cpu_s > 0 for tree in sample.trees.values())


@every_monitor
def test_one_that_cannot_write_is_not_waited_for(name: str, tmp_path: Path) -> None:
    """It has ended, and what it did not see is missing: that is no reason to lose a run."""
    _skip_if_missing(name)
    job = MonitorJob(output=str(tmp_path / "nowhere/monitor.json"), interval_s=0.2, trees={"server": (os.getpid(),)})
    monitor = MonitorProcess(name, job, directory=tmp_path)
    try:
        began_s = time.monotonic()
        monitor.wait_ready()
        assert time.monotonic() - began_s < 4
        data = monitor.seen(0, time.time(), expected=2)
    finally:
        monitor.end()
    assert data.samples == []
    assert data.warnings


@every_monitor
def test_it_says_what_it_is(name: str) -> None:
    """In a line for ``wsgibench list``."""
    assert 10 < len(MONITORS.get(name).summary) < 100


def _skip_if_missing(name: str) -> None:
    try:
        require_monitor(name)
    except MissingError as exc:
        pytest.skip(exc.message)
