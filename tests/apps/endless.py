"""A page at /, a feed that never ends at /feed, a download that never ends at /download; at / what ROOT says."""

import itertools
import os
import time


def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "application/octet-stream")])
    path = environ["PATH_INFO"]
    if path == "/":
        path = os.environ.get("ROOT", path)
    if path == "/feed":
        return frames()
    return itertools.repeat(b"x" * 1_000_000) if path == "/download" else [b"page"]


def frames():
    while True:
        yield b"frame\r\n"
        time.sleep(0.05)
