"""Computes for so long as COMPUTE_LOOPS says: the same work in each request, whatever the machine does meanwhile."""

import os

LOOPS = int(os.environ.get("COMPUTE_LOOPS", "1000"))
NUMBERS = range(100)


def app(environ, start_response):
    for _ in range(LOOPS):
        sum(NUMBERS)
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
    return [b"ok"]
