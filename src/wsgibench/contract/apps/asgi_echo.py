"""``echo`` for servers of ASGI."""

from types import SimpleNamespace

import echo
from asgi_of_wsgi import asgi

app = asgi(echo.app)


def create_app():
    return app


shop = SimpleNamespace(app=app)
