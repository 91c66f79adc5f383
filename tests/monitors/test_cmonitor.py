"""Files of cmonitor in all the variants that are about; those in ``data`` are made by hand."""

import shutil
import subprocess
import time
from pathlib import Path

import pytest

from wsgibench.model.monitor import MonitorJob
from wsgibench.monitors import MONITORS

MONITOR = MONITORS.get("cmonitor")
DATA = Path(__file__).parent / "data"


def parse(name):
    return MONITOR.parse((DATA / name).read_bytes())


def test_the_layout_of_today():
    """UTC with milliseconds; sample 0 left out; memory in true bytes, percents as shares."""
    samples, warnings = parse("cmonitor-2.6.json")
    assert warnings == []
    assert [sample.time_s for sample in samples] == [1732000003.5, 1732000006.5]
    first = samples[0]
    assert (first.load_1min, first.load_5min, first.load_15min) == (1.25, 0.5, 0.25)
    assert first.memory_total_bytes == 16_000_000 * 1024, "cmonitor takes a kB for 1,000 bytes"
    assert first.memory_free_bytes == 8_000_000 * 1024
    assert first.cpu_busy_share == pytest.approx((0.40, 0.10))
    assert first.steal_share == pytest.approx(0.02)
    assert first.context_switches_per_s == 2000.5
    assert first.trees == {}


def test_cores_are_in_the_order_of_their_numbers():
    """cpu10 stands after cpu9, not after cpu1."""
    samples, _ = parse("cmonitor-12-cores.json")
    assert samples[0].cpu_busy_share == pytest.approx([core / 100 for core in range(12)])


def test_local_times_of_old_become_utc():
    """``datetime`` is local; the header says how far from UTC."""
    samples, warnings = parse("cmonitor-1-datetime.json")
    assert warnings == []
    assert [sample.time_s for sample in samples] == [1582502403.0, 1582502406.0]
    assert samples[0].context_switches_per_s is None


def test_local_times_without_a_zone_are_taken_as_utc_and_said():
    data = (DATA / "cmonitor-1-datetime.json").read_bytes().replace(b'"gmt_offset_seconds": 3600,', b"")
    samples, warnings = MONITOR.parse(data)
    assert samples[0].time_s == 1582506003.0
    assert len(warnings) == 1
    assert "taken as UTC" in warnings[0]


def test_stray_bytes_in_the_header_cost_no_sample():
    """``"gmt_offset_seconds": 0V``, as some builds write."""
    samples, warnings = parse("cmonitor-stray-bytes.json")
    assert samples == parse("cmonitor-2.6.json")[0]
    assert len(warnings) == 1
    assert "damaged header" in warnings[0]


def test_bytes_that_are_no_text_in_the_header_cost_no_sample():
    data = (
        (DATA / "cmonitor-2.6.json")
        .read_bytes()
        .replace(b'"gmt_offset_seconds": 0', b'"gmt_offset_seconds": 0\xff\xfe')
    )
    samples, warnings = MONITOR.parse(data)
    assert len(samples) == 2
    assert len(warnings) == 1


def test_a_file_cut_off_anywhere_gives_the_samples_before():
    data = (DATA / "cmonitor-2.6.json").read_bytes().rstrip()
    whole, _ = MONITOR.parse(data)
    for end in range(len(data)):
        samples, warnings = MONITOR.parse(data[:end])
        assert samples == whole[: len(samples)]
        assert warnings


def test_a_strange_sample_is_left_out_and_said():
    data = (DATA / "cmonitor-2.6.json").read_bytes().replace(b"2024-11-19T07:06:43.500", b"yesterday")
    samples, warnings = MONITOR.parse(data)
    assert [sample.time_s for sample in samples] == [1732000006.5]
    assert len(warnings) == 1
    assert "Sample 1" in warnings[0]


def test_bytes_that_are_no_text_in_a_sample_cost_nothing():
    """Processes may be called anything, and figures that nobody asks for may be absurd."""
    strange = b'"proc_loadavg": {"name": "\xff\xfe", "most": 1e999, '
    data = (DATA / "cmonitor-2.6.json").read_bytes().replace(b'"proc_loadavg": {', strange)
    assert strange in data
    assert MONITOR.parse(data) == parse("cmonitor-2.6.json")


def test_it_stays_in_the_foreground_and_writes_where_it_is_told():
    job = MonitorJob(output="/tmp/there/monitor.json", interval_s=3.0)
    argv = MONITOR.argv("python", job, "job.json")
    assert argv[0] == MONITOR.program
    assert {"--foreground", "--sampling-interval=3", "--output-directory=/tmp/there"} < set(argv)


@pytest.mark.skipif(not shutil.which("cmonitor_collector"), reason="cmonitor_collector is not on PATH")
def test_the_real_one(tmp_path):
    job = MonitorJob(output=str(tmp_path / "monitor.json"), interval_s=0.5)
    with subprocess.Popen(MONITOR.argv("python", job, "job.json"), stdout=subprocess.DEVNULL) as child:
        try:
            end, samples = time.monotonic() + 20, []
            while len(samples) < 3:
                assert time.monotonic() < end
                time.sleep(0.1)
                if Path(job.output).exists():
                    samples, _ = MONITOR.parse(Path(job.output).read_bytes())
        finally:
            child.terminate()
    assert samples[-1].time_s == pytest.approx(time.time(), abs=20)
    assert samples[-1].memory_total_bytes > 0
