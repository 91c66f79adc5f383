"""Answers hello, with the environment variable GREETING."""

import os


def app(environ, start_response):
    body = os.environ.get("GREETING", "hello").encode()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]
