"""Failures as pages: what the client can do about them, and nothing about the inside of the server."""

import logging

from flask import Flask, Response
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from quoteserver.answers import answer
from quoteserver.errors import StoreDownError
from quoteserver.pages import RETRY_AFTER_S, UNREACHABLE, Seldom, of_failure

_log = logging.getLogger(__name__)


def show_failures(app: Flask) -> None:
    """Answers bad requests, a store that is down and bugs, in HTML or JSON."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(StoreDownError, _StoreDown())


def _http(error: HTTPException) -> BaseResponse:
    """Also bugs, which Flask has logged with their trace and made an InternalServerError of."""
    if error.code is None or error.code < 400:
        return error.get_response()
    response = _page(error.code, error.name, error.description or error.name)
    # What the status promises: which methods are allowed, which ranges.
    response.headers.extend(
        (name, value) for name, value in error.get_headers() if name not in {"Content-Type", "Content-Length"}
    )
    return response


class _StoreDown:
    """503, and a line in the log now and then, not one for each of thousands of requests."""

    def __init__(self) -> None:
        self._seldom = Seldom()

    def __call__(self, error: StoreDownError) -> Response:
        if self._seldom.now():
            _log.error("%s", error)
        response = _page(503, "Service Unavailable", UNREACHABLE)
        response.headers["Retry-After"] = str(RETRY_AFTER_S)
        return response


def _page(status: int, name: str, description: str) -> Response:
    response = answer("failure.html", *of_failure(status, name, description), status)
    response.headers["Cache-Control"] = "no-store"
    return response
