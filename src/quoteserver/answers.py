"""Answers as HTML or as JSON, whichever the client prefers."""

from typing import Any

from flask import Response, current_app, request

from quoteserver.pages import prefers_json, root


def answer(template: str, values: dict[str, Any], document: object, status: int = 200) -> Response:
    """The template filled with the values, or the document as JSON."""
    if prefers_json(request.environ.get("HTTP_ACCEPT", "")):
        response = Response(current_app.json.dumps(document) + "\n", status, mimetype="application/json")
    else:
        page = current_app.jinja_env.get_template(template).render(root=root(request.path), **values)
        response = Response(page, status, mimetype="text/html")
    response.headers["Vary"] = "Accept"
    return response
