"""Answers with the name of the server that runs it."""

import sys


def app(environ, start_response):
    body = b"waitress" if "waitress" in sys.modules else b"another"
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]
