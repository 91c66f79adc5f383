"""The Flask app, put together."""

import os

from flask import Flask, Response
from werkzeug.middleware.proxy_fix import ProxyFix

from quoteserver.errors import UsageError
from quoteserver.failures import show_failures
from quoteserver.pages import HEADERS
from quoteserver.static_files import static_files
from quoteserver.stores import StorePerProcess, configured_url
from quoteserver.views import views


def build(store: str | None) -> Flask:
    """The app on a store; see ``quoteserver.create_app``."""
    app = Flask(__name__, static_folder=None)
    # No redirections that put together an address of what a client sent: two slashes are a page that is not there.
    app.url_map.merge_slashes = app.url_map.strict_slashes = False
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # the default provider has it
    app.json.sort_keys = False  # type: ignore[attr-defined]  # likewise
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.extensions["quoteserver"] = StorePerProcess(configured_url(store))
    app.register_blueprint(views)
    app.register_blueprint(static_files)
    app.after_request(_protect)
    show_failures(app)
    if hops := _proxy_hops():
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # the documented way
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops, x_prefix=hops
        )
    return app


def _protect(response: Response) -> Response:
    response.headers.extend(HEADERS)
    return response


def _proxy_hops() -> int:
    """How many proxies stand before the app, each of which adds to the forwarded headers; none by default, since
    anybody could send those headers to an app that stands alone.
    """
    text = os.environ.get("QUOTES_PROXY_HOPS", "0")
    if not (text.isascii() and text.isdigit()):
        raise UsageError(f"QUOTES_PROXY_HOPS is '{text}', which is no number.", "Set it to how many proxies there are.")
    return int(text)
