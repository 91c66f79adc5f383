"""Stands still for PAUSE_MS of every PAUSE_PERIOD_S seconds, all its processes at the same time."""

import os
import time

PAUSE_S = float(os.environ.get("PAUSE_MS", "1000")) / 1000
PERIOD_S = float(os.environ.get("PAUSE_PERIOD_S", "5"))


def app(environ, start_response):
    time.sleep(max(PAUSE_S - time.monotonic() % PERIOD_S, 0.0))
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
    return [b"ok"]
