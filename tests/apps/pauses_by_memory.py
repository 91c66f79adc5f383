"""Leaves garbage in circles, and collects it when there is much: some tenths of a second every 500 requests."""

import gc
import os
from itertools import count

EACH = 3000
EVERY = int(os.environ.get("PAUSE_EVERY", "500"))
gc.disable()
answered = count(1)


def app(environ, start_response):
    for _ in range(EACH):
        circle = []
        circle.append(circle)
    if next(answered) % EVERY == 0:
        gc.collect()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
    return [b"ok"]
