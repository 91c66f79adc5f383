"""The child process of the psutil monitor: ``python -m wsgibench.monitors._psutil JOB.json``.

Samples until SIGTERM or until stdin closes, and appends each sample to the output at once: so the file is worth reading
whenever it is cut off. Exits 0, or 1 with a line on stderr when it cannot write.
"""

import contextlib
import gc
import os
import select
import signal
import socket
import sys
import time
from pathlib import Path
from typing import BinaryIO

import msgspec

import wsgibench
from wsgibench.model.monitor import MonitorJob
from wsgibench.monitors import _layout
from wsgibench.monitors._header import header
from wsgibench.monitors._machine import MachineSampler
from wsgibench.monitors._trees import TreeSampler


class _Stop:
    """Tells when to end: SIGTERM came, or stdin closed."""

    def __init__(self) -> None:
        self._woken, wake = socket.socketpair()
        wake.settimeout(0)
        signal.signal(signal.SIGTERM, lambda *_: None)
        signal.set_wakeup_fd(wake.fileno())
        self._wake = wake
        # Ctrl-C goes to the whole group; who started this decides when it ends.
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    def wait_until(self, deadline_s: float) -> bool:
        """False at the deadline (time.monotonic), True as soon as it is time to end."""
        while (left_s := deadline_s - time.monotonic()) > 0:
            readable, _, _ = select.select([self._woken, sys.stdin], [], [], left_s)
            if self._woken in readable or (readable and not os.read(sys.stdin.fileno(), 4096)):
                return True
        return False


def _watch(job: MonitorJob, output: BinaryIO, stop: _Stop) -> None:
    machine, trees = MachineSampler(), TreeSampler(job.trees, job.with_workers)
    output.write(_layout.begin(header(job.interval_s, wsgibench.__version__)))
    # What lives now lives to the end: collections need not look at it again.
    gc.freeze()
    start_s, tick, index = time.monotonic(), 0, 0
    while not stop.wait_until(start_s + tick * job.interval_s):
        output.write(_layout.encode(index, time.time(), machine.sample(), trees.sample()))
        output.flush()
        index += 1
        # Each tick from the start, so that lateness never adds up; those that were missed are gone.
        tick = max(tick + 1, int((time.monotonic() - start_s) / job.interval_s))
    # What all is like at the end of the load, be it too short for any tick. Shares of so short a time would be noise.
    output.write(_layout.encode(index, time.time(), machine.sample(with_rates=False), trees.sample(is_last=True)))
    output.write(_layout.END)


def main(job_file: str) -> int:
    """Run the job; the exit code."""
    stop = _Stop()
    job = msgspec.json.decode(Path(job_file).read_bytes(), type=MonitorJob)
    if job.cores:
        # The core may be forbidden here (a container's cpuset); watching from another one beats not watching.
        with contextlib.suppress(OSError):
            os.sched_setaffinity(0, job.cores)
    try:
        with Path(job.output).open("wb") as output:
            _watch(job, output, stop)
    except OSError as exc:
        print(f"'{job.output}' cannot be written: {exc.strerror}.", file=sys.stderr)  # noqa: T201 - its log
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
