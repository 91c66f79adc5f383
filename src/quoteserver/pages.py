"""What all pages have in common, whichever framework answers with them: Flask for WSGI, Starlette for ASGI."""

import random
import time
from functools import lru_cache
from typing import Any

from werkzeug.datastructures import MIMEAccept
from werkzeug.exceptions import NotFound
from werkzeug.http import parse_accept_header

from quoteserver.portraits import portrait
from quoteserver.quotations import Quotation
from quoteserver.stores import Contents

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
HEALTHY = '{"status": "ok"}\n'
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


def of_contents(contents: Contents) -> dict[str, object]:
    """The front page as a document.

    Not the store's address nor its ids: the one is nobody's business, the other follow from the documents.
    """
    return {name: getattr(contents, name) for name in ("backend", "documents", "distinct_texts")}


def of_quotation(quotation: Quotation | None, number: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the page of a quotation shows, and the same as a document.

    Raises:
        NotFound: there is none.
    """
    if quotation is None:
        raise NotFound(f"There is no quotation {number}.")
    return {"quotation": quotation, "portrait": portrait(quotation.author)}, quotation._asdict()


def any_of(contents: Contents) -> str:
    """Where any quotation is, by a relative address, so that it works behind any prefix.

    Raises:
        NotFound: there is none.
    """
    if contents.first_id is None or contents.last_id is None:
        raise NotFound("There are no quotations.")
    number = random.randint(contents.first_id, contents.last_id)  # noqa: S311 - a quotation is no secret
    return f"byId?id={number}"


def of_hello(number: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the greeting shows, and the same as a document."""
    return {"number": number}, {"greeting": f"hello {number}"}


def of_failure(status: int, name: str, description: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the page of a failure shows, and the same as a document."""
    values = {"status": status, "name": name, "description": description}
    return values, {"status": status, "error": name, "description": description}


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
