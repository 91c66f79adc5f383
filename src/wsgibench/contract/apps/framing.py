"""Answers of every form: by length, in chunks, without a body, slow; else it echoes, as ``echo`` does."""

import hashlib
import json
import time

import echo

BLOCK = bytes(range(256)) * 256


def app(environ, start_response):
    kind, _, what = environ["PATH_INFO"].strip("/").partition("/")
    answer = _ANSWERS.get(kind)
    return answer(what, environ, start_response) if answer else echo.app(environ, start_response)


def _bytes(what, _environ, start_response):
    length = int(what)
    start_response("200 OK", [("Content-Type", "application/octet-stream"), ("Content-Length", str(length))])
    return (BLOCK[: min(len(BLOCK), length - sent)] for sent in range(0, length, len(BLOCK)))


def _pieces(what, _environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return (b"%d\n" % number for number in range(int(what)))


def _status(what, _environ, start_response):
    start_response(f"{what} As Asked", [("ETag", '"a"')])
    return []


def _digest(_what, environ, start_response):
    """Of the request's body, whatever framed it: servers that undo chunks let it be read to its end."""
    taken, length = hashlib.sha256(), 0
    left = int(environ.get("CONTENT_LENGTH") or 1 << 40)
    while left and (block := environ["wsgi.input"].read(min(65536, left))):
        taken.update(block)
        length, left = length + len(block), left - len(block)
    data = json.dumps({"length": length, "sha256": taken.hexdigest()}).encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(data)))])
    return [data]


def _slow(what, _environ, start_response):
    time.sleep(float(what))
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "4")])
    return [b"late"]


_ANSWERS = {"bytes": _bytes, "pieces": _pieces, "status": _status, "digest": _digest, "slow": _slow}
