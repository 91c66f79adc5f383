"""How a request ended, from what Locust's two clients raise.

``FastHttpUser`` raises errors of geventhttpclient, ``HttpUser`` those of requests, urllib3 and http.client; each wraps
others. The whole chain is looked at, since the name of the outermost says little: requests calls nearly everything a
``ConnectionError``. tests/engines/locust/test_outcomes.py shows each to be right on real sockets.
"""
# ruff: noqa: ANN401  # a response is of one of two libraries, or of the user's own

import errno
import http.client
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import gevent
import requests
import urllib3.exceptions
from geventhttpclient.response import HTTPConnectionClosed, HTTPParseError
from locust.exception import CatchResponseError

_NOT_OPENED = {
    errno.ECONNREFUSED,
    errno.EHOSTUNREACH,
    errno.ENETUNREACH,
    errno.EADDRNOTAVAIL,  # no ephemeral port is left
    errno.EMFILE,
    errno.ENFILE,
}
_TIMEOUT = (TimeoutError, gevent.Timeout, requests.Timeout, urllib3.exceptions.TimeoutError)
_ENDED = (
    ConnectionResetError,
    ConnectionAbortedError,
    BrokenPipeError,
    HTTPConnectionClosed,
    http.client.IncompleteRead,
    urllib3.exceptions.IncompleteRead,
)
_NOT_HTTP = (
    HTTPParseError,
    http.client.HTTPException,
    urllib3.exceptions.InvalidHeader,
    urllib3.exceptions.DecodeError,
    requests.exceptions.ContentDecodingError,
    zlib.error,
    ValueError,
)
_ENDED_EARLY = ("connection closed", "Incomplete response", "Invalid EOF", "ended prematurely")
"""What parsers say, in an error of any type, when the bytes stopped in the middle of a response."""


def outcome_of(exception: BaseException | None, response: Any, is_right: Callable[[int], bool]) -> str:
    """One of ``OUTCOMES``; ``is_right`` says whether a status is a good one.

    A user's own locustfile may have the last word: it can call an answer right that is none (``response.success()``),
    and wrong one that looks right (``response.failure()``), which counts as a wrong body.
    """
    status = status_of(response)
    if exception is None:
        return "bad_status" if status and not is_right(status) and status < 400 else "ok"
    if isinstance(exception, CatchResponseError) and is_right(status):
        return "wrong_body"
    broken = _broken(exception)
    if status and broken is None:
        # Both clients take what begins at 400 for an error, also where it is just what is expected.
        return "ok" if is_right(status) else "bad_status"
    return broken or "reset"


def status_of(response: Any) -> int:
    """The HTTP status; 0 where there is none."""
    return getattr(response, "status_code", None) or 0


def _broken(exception: BaseException) -> str | None:
    """What broke below the level of a status; None where nothing did."""
    chain = list(_chain(exception))
    if any(isinstance(e, _TIMEOUT) for e in chain):
        return "timeout"
    if any(isinstance(e, OSError) and e.errno in _NOT_OPENED for e in chain):
        return "refused"
    if any(isinstance(e, urllib3.exceptions.InvalidChunkLength) for e in chain):
        return "malformed"  # though it is an IncompleteRead
    if any(isinstance(e, _ENDED) or _ends_in_the_middle(e) for e in chain):
        return "reset"
    if any(isinstance(e, _NOT_HTTP) for e in chain):
        return "malformed"
    return None


def _ends_in_the_middle(exception: BaseException) -> bool:
    """Whether a parser complains about bytes that did not come."""
    if isinstance(exception, http.client.BadStatusLine):
        return not str(exception.args[0]).endswith("\n")  # the line as it came
    return any(words in str(exception) for words in _ENDED_EARLY)


def _chain(exception: BaseException | None) -> Iterator[BaseException]:
    """The exception and those that it came from; geventhttpclient keeps the first one as ``original``."""
    seen: set[int] = set()
    waiting = [exception]
    while waiting:
        current = waiting.pop()
        if current is None or id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        waiting += [getattr(current, "original", None), current.__cause__, current.__context__]
        waiting += [argument for argument in current.args if isinstance(argument, BaseException)]
