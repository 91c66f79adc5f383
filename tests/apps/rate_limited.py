"""Answers LIMIT requests in each process, and then 429: as one does that lets clients have so many a minute."""

import itertools
import os

LIMIT = int(os.environ.get("LIMIT", "25"))
numbers = itertools.count(1)


def app(_environ, start_response):
    if next(numbers) > LIMIT:
        start_response("429 Too Many Requests", [("Retry-After", "60"), ("Content-Length", "8")])
        return [b"too many"]
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
    return [b"ok"]
