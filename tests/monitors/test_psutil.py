"""The psutil monitor, run as the bench runs it."""

import json
import os
import signal
import statistics
import subprocess
import sys
import time
from contextlib import contextmanager

import msgspec
import pytest

from support.actors import actors
from wsgibench.model.monitor import MonitorJob
from wsgibench.monitors import MONITORS

MONITOR = MONITORS.get("psutil")
DEADLINE_S = 20


@contextmanager
def monitor(tmp_path, **fields):
    """The child process, its output file; ended with the block."""
    output = tmp_path / "monitor.json"
    job = MonitorJob(**{"output": str(output), "interval_s": 0.1, **fields})
    job_file = tmp_path / "job.json"
    job_file.write_bytes(msgspec.json.encode(job))
    argv = MONITOR.argv(sys.executable, job, str(job_file))
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        try:
            yield child, output
        finally:
            child.kill()


def wait_for(output, count):
    """Returns when the file has so many samples."""
    end = time.monotonic() + DEADLINE_S
    while not output.exists() or len(MONITOR.parse(output.read_bytes())[0]) < count:
        assert time.monotonic() < end, "the monitor is silent"
        time.sleep(0.02)


def test_sigterm_ends_it_with_a_whole_file(tmp_path):
    with monitor(tmp_path) as (child, output):
        wait_for(output, 3)
        child.send_signal(signal.SIGTERM)
        assert child.wait(DEADLINE_S) == 0
    document = json.loads(output.read_bytes())
    assert [sample["timestamp"]["sample_index"] for sample in document["samples"]] == [*range(len(document["samples"]))]
    assert MONITOR.parse(output.read_bytes())[1] == []


def test_it_ends_when_stdin_closes(tmp_path):
    """So it never outlives who started it."""
    with monitor(tmp_path) as (child, output):
        wait_for(output, 1)
        child.stdin.write(b"words are no end\n")
        child.stdin.flush()
        wait_for(output, 4)
        child.stdin.close()
        assert child.wait(DEADLINE_S) == 0
    json.loads(output.read_bytes())


def test_ctrl_c_is_not_its_to_heed(tmp_path):
    """It goes to the whole terminal; the bench ends the monitor when it has no use for it."""
    with monitor(tmp_path) as (child, output):
        wait_for(output, 1)
        child.send_signal(signal.SIGINT)
        wait_for(output, 5)


def test_killed_it_leaves_a_readable_file(tmp_path):
    with monitor(tmp_path) as (child, output):
        wait_for(output, 5)
        child.kill()
        child.wait(DEADLINE_S)
    samples, warnings = MONITOR.parse(output.read_bytes())
    assert len(samples) >= 5
    assert warnings == [f"The monitor's file breaks off after {len(samples)} samples."]


def test_cut_off_anywhere_the_file_gives_the_samples_before(tmp_path):
    """At every single byte."""
    with monitor(tmp_path, trees={"server": (os.getpid(),)}) as (child, output):
        wait_for(output, 3)
        child.terminate()
        child.wait(DEADLINE_S)
    data = output.read_bytes()
    whole, _ = MONITOR.parse(data)
    for end in range(len(data.rstrip())):
        samples, warnings = MONITOR.parse(data[:end])
        assert samples == whole[: len(samples)]
        assert warnings
    assert len(samples) == len(whole)


@pytest.mark.alone
def test_samples_come_on_time_and_do_not_drift(tmp_path):
    """Each as many intervals after the first as it should be, to 30 ms in the middle; late ones delay no others."""
    interval_s = 0.25
    with monitor(tmp_path, interval_s=interval_s) as (_, output):
        wait_for(output, 17)
    times = [sample.time_s for sample in MONITOR.parse(output.read_bytes())[0]]
    intervals = [(time_s - times[0]) / interval_s for time_s in times]
    assert statistics.median(abs(n - round(n)) for n in intervals[8:]) * interval_s < 0.03
    assert round(intervals[-1]) == pytest.approx(len(times) - 1, abs=2)


@pytest.mark.alone
def test_a_burner_shows_in_its_tree_and_on_its_core(tmp_path):
    with actors() as tree, monitor(tmp_path, trees={"server": (tree.root,)}) as (_, output):
        wait_for(output, 1)
        for _ in range(5):
            truth = tree.burn(tree.root)
        wait_for(output, len(MONITOR.parse(output.read_bytes())[0]) + 2)
        samples, _ = MONITOR.parse(output.read_bytes())
    assert samples[-1].trees["server"].cpu_s == pytest.approx(truth, rel=0.02)
    assert max(max(sample.cpu_busy_share, default=0) for sample in samples) > 0.5
    assert all(len(sample.cpu_busy_share) == os.cpu_count() for sample in samples[1:])
    assert all(sample.context_switches_per_s > 0 for sample in samples[1:])


def test_the_machine_is_described(tmp_path):
    with monitor(tmp_path) as (_, output):
        wait_for(output, 2)
    first, second = MONITOR.parse(output.read_bytes())[0][:2]
    assert first.memory_total_bytes == os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    assert 0 < first.memory_free_bytes < first.memory_total_bytes
    assert first.load_1min == pytest.approx(os.getloadavg()[0], abs=2)
    assert (first.cpu_busy_share, first.steal_share) == ((), None), "no rates before the second sample"
    assert 0 <= second.steal_share <= 1
    assert second.time_s == pytest.approx(time.time(), abs=DEADLINE_S)


def test_it_stays_on_its_cores(tmp_path):
    core = max(os.sched_getaffinity(0))
    with monitor(tmp_path, cores=(core,)) as (child, output):
        wait_for(output, 1)
        assert os.sched_getaffinity(child.pid) == {core}


def test_a_full_disk_is_said(tmp_path):
    """/dev/full is one that is."""
    with monitor(tmp_path, output="/dev/full") as (child, _):
        assert child.wait(DEADLINE_S) == 1
        assert child.stderr.read() == b"'/dev/full' cannot be written: No space left on device.\n"
