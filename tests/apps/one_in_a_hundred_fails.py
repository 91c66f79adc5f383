"""Answers 500 to one request in a hundred, at once."""

import itertools

requests = itertools.count(1)


def app(environ, start_response):
    failed = environ["PATH_INFO"] != "/" and next(requests) % 100 == 0
    body = b"sorry" if failed else b"fine"
    status = "500 Internal Server Error" if failed else "200 OK"
    start_response(status, [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]
