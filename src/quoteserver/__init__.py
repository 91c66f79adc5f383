"""The sample app: a quote server, an ordinary Flask app.

``quoteserver.wsgi:app`` is the app, ``quoteserver:create_app`` its factory.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

__all__ = ["create_app"]


def create_app(store: str | None = None) -> "Flask":
    """The app on the store at that URL, else at ``QUOTES_STORE``, else on the packaged quotations in sqlite.

    The store is opened by the first request of each process, so a store that is down delays no start.

    Raises:
        UsageError: the URL, or ``QUOTES_PROXY_HOPS``, cannot be understood.
    """
    # The command line imports this package too, and Flask would be half of the time that it takes to start.
    from quoteserver.app import build  # noqa: PLC0415

    return build(store)
