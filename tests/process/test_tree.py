"""The end of processes, and of those that cannot be ended."""

import os
import subprocess
import sys
import time

import pytest

from wsgibench.processes.programs import output_of
from wsgibench.processes.tree import end_all, end_processes, processes_of

AS_ANOTHER = """
import os, sys
from wsgibench.processes.tree import end_all, end_processes, processes_of
pid = int(sys.argv[1])
os.setresuid(65534, 65534, 65534)
family = processes_of([pid])
end_all(lambda: [pid])
print(end_processes(family))
"""


def test_what_is_ended_is_gone() -> None:
    with subprocess.Popen(("/bin/sh", "-c", "trap '' TERM; sleep 300 & sleep 300")) as process:
        assert end_processes(processes_of([process.pid]))
    end_all(list)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user")
def test_another_users_process_is_left_alone() -> None:
    """A helper that runs as somebody else can be killed by nobody here: it is no reason to wait, or to fail."""
    with subprocess.Popen(("/bin/sleep", "300")) as process:
        began_s = time.monotonic()
        code, said = output_of((sys.executable, "-P", "-c", AS_ANOTHER, str(process.pid)), timeout_s=60)
        assert (code, said) == (0, "False\n")
        assert time.monotonic() - began_s < 50
        assert process.poll() is None
        process.kill()


def test_a_command_that_says_without_end_is_ended() -> None:
    """In bounded memory, long before its time is up; what it said at first is there."""
    code, said = output_of(("yes",), timeout_s=60)
    assert code == 1
    assert 1 << 25 < len(said) <= 1 << 26
    assert said.startswith("y\ny\n")
