"""Answers 503 until it is ready, READY_S seconds after its start."""

import os
import time

READY = time.monotonic() + float(os.environ.get("READY_S", "1.5"))


def app(_environ, start_response):
    ready = time.monotonic() > READY
    body = b"ready" if ready else b"loading"
    status = "200 OK" if ready else "503 Service Unavailable"
    start_response(status, [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]
