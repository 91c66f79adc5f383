"""Takes POST alone, and loads something for LOAD_S seconds at the first one of each path in each process."""

import os
import time

known = set()


def app(environ, start_response):
    path = environ["PATH_INFO"]
    if environ["REQUEST_METHOD"] != "POST":
        start_response("405 Method Not Allowed", [("Allow", "POST"), ("Content-Length", "0")])
        return []
    body = b"known" if path in known else b"first"
    if path not in known:
        time.sleep(float(os.environ.get("LOAD_S", "0.5")))
        known.add(path)
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]
