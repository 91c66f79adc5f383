"""What every monitor must keep; a new one is tested by existing."""

import pytest

from wsgibench.model.monitor import MonitorJob
from wsgibench.monitors import MONITORS

JOB = MonitorJob(output="/tmp/trial/monitor.json", interval_s=1.0, trees={"server": (1,)})
every_monitor = pytest.mark.parametrize("name", MONITORS.names())


@every_monitor
def test_it_is_started_by_an_argument_list(name):
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
def test_what_is_no_file_of_it_gives_no_samples_and_a_warning(name, data):
    """And never an exception: a monitor that stopped is a gate's matter."""
    samples, warnings = MONITORS.get(name).parse(data)
    assert samples == []
    assert warnings


@every_monitor
def test_it_says_what_it_is(name):
    """In a line for ``wsgibench list``."""
    assert 10 < len(MONITORS.get(name).summary) < 100
