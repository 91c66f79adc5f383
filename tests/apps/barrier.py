"""Answers only once four requests are inside it at the same time."""

import threading

four = threading.Barrier(4)


def app(_environ, start_response):
    try:
        four.wait(timeout=10)
        status = "200 OK"
    except threading.BrokenBarrierError:
        status = "500 Too few at a time"
    start_response(status, [("Content-Length", "0")])
    return [b""]
