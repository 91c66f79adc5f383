"""``contract`` for servers of ASGI."""

import asyncio

from asgi_of_wsgi import asgi

import contract

wsgi_app = asgi(contract.app)


async def app(scope, receive, send):
    if scope["type"] == "http" and scope["path"] == "/slow":
        await asyncio.sleep(float(scope["query_string"]))
        scope = {**scope, "query_string": b"0"}
    await wsgi_app(scope, receive, send)
