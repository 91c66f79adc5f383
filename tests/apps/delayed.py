"""Answers after DELAY_MS milliseconds."""

import os
import time

DELAY_S = float(os.environ.get("DELAY_MS", "20")) / 1000


def app(environ, start_response):
    time.sleep(DELAY_S)
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
    return [b"ok"]
