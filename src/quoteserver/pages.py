"""What all pages have in common, whichever framework answers with them: Flask for WSGI, Starlette for ASGI."""

import time
from functools import lru_cache

from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

HEADERS = (
    # Everything comes from here, no script, nothing inline: the pages need no more.
    (
        "Content-Security-Policy",
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'",
    ),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
)
"""Of every answer."""
RETRY_AFTER_S = 2
"""When a client of a store that is down may ask again; also the least time between two lines in the log about it."""
UNREACHABLE = "The quotations cannot be reached now. Try again in a moment."
KEPT_S = 86_400
"""How long a client may keep a static file without asking: a day. After that the ETag saves sending it again."""

_OFFERS = ("text/html", "application/json")


@lru_cache(maxsize=256)
def prefers_json(accept: str) -> bool:
    """Whether an Accept header asks for JSON rather than HTML; HTML where it says nothing.

    Remembered, because clients send few different ones and taking one apart costs as much as the quotation.
    """
    return parse_accept_header(accept, MIMEAccept).best_match(_OFFERS) == "application/json"


def root(path: str) -> str:
    """The way from a page up to the app: relative, so that a page is the same under any host, port and prefix."""
    return "../" * (path.count("/") - 1) or "./"


class Seldom:
    """True now and then, and not for each of thousands of requests."""

    def __init__(self) -> None:
        self._next_s = 0.0

    def now(self) -> bool:
        """Whether it was long ago the last time that it was true."""
        now_s = time.monotonic()
        if now_s < self._next_s:
            return False
        self._next_s = now_s + RETRY_AFTER_S
        return True
