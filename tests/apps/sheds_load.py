"""An app that answers 503 at once where two requests are under way in a process already; else in 10 ms."""

import threading
import time

UNDER_WAY = threading.BoundedSemaphore(2)


def app(environ, start_response):
    if not UNDER_WAY.acquire(blocking=False):
        start_response("503 Service Unavailable", [("Content-Type", "text/plain"), ("Content-Length", "4")])
        return [b"busy"]
    try:
        time.sleep(0.01)
    finally:
        UNDER_WAY.release()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
    return [b"ok"]
