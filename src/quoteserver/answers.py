"""Answers as HTML or as JSON, whichever the client prefers."""

from functools import lru_cache
from typing import Any

from flask import Response, current_app, request
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

_OFFERS = ("text/html", "application/json")


@lru_cache(maxsize=256)
def prefers_json(accept: str) -> bool:
    """Whether an Accept header asks for JSON rather than HTML; HTML where it says nothing.

    Remembered, because clients send few different ones and taking one apart costs as much as the quotation.
    """
    return parse_accept_header(accept, MIMEAccept).best_match(_OFFERS) == "application/json"


def answer(template: str, values: dict[str, Any], document: object, status: int = 200) -> Response:
    """The template filled with the values, or the document as JSON."""
    if prefers_json(request.environ.get("HTTP_ACCEPT", "")):
        response = Response(current_app.json.dumps(document) + "\n", status, mimetype="application/json")
    else:
        page = current_app.jinja_env.get_template(template).render(root=root(request.path), **values)
        response = Response(page, status, mimetype="text/html")
    response.headers["Vary"] = "Accept"
    return response


def root(path: str) -> str:
    """The way from a page up to the app: relative, so that a page is the same under any host, port and prefix."""
    return "../" * (path.count("/") - 1) or "./"
