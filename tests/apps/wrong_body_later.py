"""Answers right for a while, then quickly and wrong."""

import itertools

requests = itertools.count(1)
RIGHT = 300


def app(environ, start_response):
    body = b"right" if next(requests) <= RIGHT else b"wrong"
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]
