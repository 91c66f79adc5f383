"""Answers with what it was asked: the environ's strings, the body, and which process it is, as JSON."""

import json
import os
from pathlib import Path
from types import SimpleNamespace


def app(environ, start_response):
    seen = {key: value for key, value in environ.items() if isinstance(value, str | bool)}
    length = int(environ.get("CONTENT_LENGTH") or 0)
    body = environ["wsgi.input"].read(length).decode("latin-1")
    data = json.dumps({"environ": seen, "body": body, "pid": os.getpid(), "directory": str(Path.cwd())}).encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(data)))])
    return [data]


def create_app():
    return app


shop = SimpleNamespace(app=app)
