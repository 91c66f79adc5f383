"""The process that serves the page: told by lines on stdin, heard by lines on stdout. It ends when stdin does."""

import contextlib
import os
import sys
import threading
import time
from pathlib import Path

import msgspec

from wsgibench.as_json import as_json
from wsgibench.cli.live.latest_snapshot import LatestSnapshot
from wsgibench.cli.live.messages import Audience, Job, News
from wsgibench.cli.live.pages import Pages
from wsgibench.cli.live.server import LiveServer
from wsgibench.cli.live.viewer_limit import ViewerLimit
from wsgibench.runs.folder import RunFolder

FAREWELL_S = 8.0
"""For viewers to fetch the page of the finished run."""


def main() -> None:
    """Serve until stdin ends, and then those who were told that the run is over."""
    lines = sys.stdin.buffer
    job = msgspec.json.decode(lines.readline(), type=Job)
    _step_back(job)
    latest_snapshot, viewer_limit = LatestSnapshot(), ViewerLimit(_say)
    pages = Pages(RunFolder.open(Path(job.folder)))
    server = LiveServer(job, pages=pages, latest_snapshot=latest_snapshot, viewer_limit=viewer_limit)
    threading.Thread(target=server.serve_forever, name="server", daemon=True).start()
    _say(0, 0)
    told = 0
    for line in lines:
        news = msgspec.json.decode(line, type=News)
        told = viewer_limit.taken if news.over else 0
        pages.may_wait = news.snapshot.under_load and not news.over
        latest_snapshot.publish(line.rstrip(b"\n"), is_last=news.over)
    end = time.monotonic() + FAREWELL_S
    while server.farewells < told and time.monotonic() < end:
        time.sleep(0.05)


def _step_back(job: Job) -> None:
    """Leave the stack's cores to the stack, and the engine's to the engine whenever it wants them."""
    with contextlib.suppress(OSError):
        if job.cores:
            os.sched_setaffinity(0, job.cores)
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


def _say(now: int, most: int) -> None:
    sys.stdout.buffer.write(as_json(Audience(now=now, most=most)) + b"\n")
    sys.stdout.buffer.flush()


main()
