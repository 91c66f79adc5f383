"""The files that a web server may serve itself: ``static/css``, ``static/images`` and ``static/favicon.ico``."""

from pathlib import Path

from flask import Blueprint, Response, send_from_directory

from quoteserver.pages import KEPT_S

DIRECTORY = Path(__file__).parent / "static"

static_files = Blueprint("static_files", __name__)


@static_files.get("/css/<path:name>")
def css(name: str) -> Response:
    """A style sheet."""
    return _send("css", name)


@static_files.get("/images/<path:name>")
def images(name: str) -> Response:
    """A portrait."""
    return _send("images", name)


@static_files.get("/favicon.ico")
def favicon() -> Response:
    """The icon that browsers ask for without being told."""
    return _send("", "favicon.ico")


def _send(folder: str, name: str) -> Response:
    response = send_from_directory(DIRECTORY / folder, name, max_age=KEPT_S)
    response.cache_control.public = True
    return response
