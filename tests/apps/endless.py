"""A page at /, a feed that never ends at /feed, a download that never ends at /download."""

import itertools
import time


def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "application/octet-stream")])
    if environ["PATH_INFO"] == "/feed":
        return frames()
    return itertools.repeat(b"x" * 1_000_000) if environ["PATH_INFO"] == "/download" else [b"page"]


def frames():
    while True:
        yield b"frame\r\n"
        time.sleep(0.05)
