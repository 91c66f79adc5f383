"""Each process stands still for PAUSE_MS after every PAUSE_EVERY-th request that it answered."""

import itertools
import os
import time

PAUSE_S = float(os.environ.get("PAUSE_MS", "1000")) / 1000
EVERY = int(os.environ.get("PAUSE_EVERY", "500"))
answered = itertools.count(1)


class Body:
    def __iter__(self):
        yield b"ok"
        if next(answered) % EVERY == 0:
            time.sleep(PAUSE_S)


def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
    return Body()
