"""Sleeps DELAY_MS, and SLOWER times as long under a server that says it has (or with SLOWER_IS=threads: has not) one
thread alone: so that two stacks differ by what is known."""

import os
import time

DELAY_S = float(os.environ.get("DELAY_MS", "20")) / 1000
SLOWER = float(os.environ.get("SLOWER", "1.1"))
THREADS_ARE_SLOWER = os.environ.get("SLOWER_IS") == "threads"


def app(environ, start_response):
    time.sleep(DELAY_S * (SLOWER if environ["wsgi.multithread"] is THREADS_ARE_SLOWER else 1.0))
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
    return [b"ok"]
