"""Answers every third request with a 404."""

import itertools

numbers = itertools.count(1)


def app(environ, start_response):
    status = "200 OK" if next(numbers) % 3 else "404 Not Found"
    start_response(status, [("Content-Type", "text/plain"), ("Content-Length", "2")])
    return [b"ok"]
