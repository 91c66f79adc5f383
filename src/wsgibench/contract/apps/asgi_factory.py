"""``factory`` for servers of ASGI."""

from types import SimpleNamespace

import factory
from asgi_of_wsgi import asgi


def create_app():
    return asgi(factory.create_app())


shop = SimpleNamespace(app=create_app(), create_app=create_app)
