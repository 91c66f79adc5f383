"""An app that holds its worker for HOLD_MS, to a hundredth of a millisecond, by sleeping."""

import os
import time

HOLD_S = float(os.environ.get("HOLD_MS", "5")) / 1e3
AWAKE_S = 3e-4
"""A sleep may end later than asked for; the rest is waited for awake."""


def app(environ, start_response):
    until = time.monotonic() + HOLD_S
    time.sleep(max(HOLD_S - AWAKE_S, 0))
    while time.monotonic() < until:
        pass
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
    return [b"ok"]
