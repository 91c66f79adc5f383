"""Cannot be imported where waitress is."""

import sys

if "waitress" in sys.modules:
    raise RuntimeError("not under waitress")


def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
    return [b"ok"]
