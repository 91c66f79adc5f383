"""What the contract of servers is proved with: bodies of any size, streams, statuses without bodies, slow answers."""

import hashlib
import json
import os
import time


def app(environ, start_response):
    path, query = environ["PATH_INFO"], environ.get("QUERY_STRING", "")
    if path == "/bytes":
        start_response("200 OK", [("Content-Type", "application/octet-stream"), ("Content-Length", query)])
        # As frameworks do it; not every server does it for them.
        return [] if environ["REQUEST_METHOD"] == "HEAD" else parts_of(int(query))
    if path == "/stream":
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"one,", b"two,", b"three"]
    if path == "/status":
        start_response(f"{query} Asked", [("X-Asked", query)])
        return []
    if path == "/slow":
        time.sleep(float(query))
        return answer(start_response, b"slow")
    if path == "/sum":
        stream, digest, length = environ["wsgi.input"], hashlib.sha256(), 0
        while part := stream.read(min(65536, left(environ, length))):
            digest.update(part)
            length += len(part)
        return answer(start_response, f"{length} {digest.hexdigest()}".encode())
    seen = {key: value for key, value in environ.items() if isinstance(value, str)}
    return answer(start_response, json.dumps({"environ": seen, "pid": os.getpid()}).encode())


def left(environ, length):
    """How many bytes of the body may still be read."""
    if environ.get("wsgi.input_terminated"):
        return 65536
    return int(environ.get("CONTENT_LENGTH") or 0) - length


def parts_of(count):
    while count > 0:
        yield bytes(min(count, 65536))
        count -= 65536


def answer(start_response, body):
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]
