"""Says two lines for each request, and fails for one of its pages."""

import os
import sys


def app(environ, start_response):
    sys.stdout.write("request seen " + "x" * 500 + "\n")
    sys.stderr.write("and again " + "y" * 500 + "\n")
    if environ["PATH_INFO"] == "/fails":
        raise LookupError("no such \x1b[31mthing " + os.environ.get("PASSWORD", ""))
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
    return [b"ok"]
