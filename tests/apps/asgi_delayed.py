"""``delayed`` for servers of ASGI: it waits without holding up others."""

import asyncio

import delayed


async def app(scope, receive, send):
    if scope["type"] != "http":
        raise NotImplementedError(scope["type"])
    await receive()
    await asyncio.sleep(delayed.DELAY_S)
    headers = [(b"content-type", b"text/plain"), (b"content-length", b"2")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"ok"})
