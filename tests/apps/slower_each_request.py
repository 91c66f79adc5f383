"""Takes BASE_MS, and STEP_US longer with each request that its process has answered."""

import itertools
import os
import time

BASE_S = float(os.environ.get("BASE_MS", "3")) / 1e3
STEP_S = float(os.environ.get("STEP_US", "10")) / 1e6
answered = itertools.count()


def app(environ, start_response):
    time.sleep(BASE_S + next(answered) * STEP_S)
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
    return [b"ok"]
