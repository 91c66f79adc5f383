"""An app that takes 120 ms for the first request after 30 ms without one, and 4 ms for any other."""

import time

LAST = {"s": 0.0}


def app(environ, start_response):
    is_dozing = time.monotonic() - LAST["s"] > 0.03
    time.sleep(0.12 if is_dozing else 0.004)
    LAST["s"] = time.monotonic()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
    return [b"ok"]
