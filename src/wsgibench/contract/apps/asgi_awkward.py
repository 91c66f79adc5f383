"""An app of ASGI that is awkward to serve: what it does is in LIFESPAN and in the path."""

import asyncio
import os
import time

LIFESPAN = os.environ.get("LIFESPAN", "none")
started = []
left = []


async def lifespan(receive, send):
    await receive()
    if LIFESPAN == "fails":
        await send({"type": "lifespan.startup.failed", "message": "the store is not there"})
        return
    started.append(True)
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await send({"type": "lifespan.shutdown.complete"})


async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        if LIFESPAN == "none":
            raise NotImplementedError
        await lifespan(receive, send)
        return
    path = scope["path"]
    if path == "/blocks":
        time.sleep(0.3)  # noqa: ASYNC251  # that is what is wrong with it
    if path == "/never":
        await start(send, None)
        await send({"type": "http.response.body", "body": b"more", "more_body": True})
        await asyncio.sleep(3600)
    if path == "/ignores":
        await start(send, None)
        for _ in range(20):
            try:
                await send({"type": "http.response.body", "body": bytes(65536), "more_body": True})
            except OSError:
                left.append(True)
            await asyncio.sleep(0.01)
        await send({"type": "http.response.body", "body": b""})
        return
    body = f"{os.getpid()} {len(started)}".encode()
    await start(send, len(body))
    await send({"type": "http.response.body", "body": body})


async def start(send, length):
    headers = [(b"content-type", b"text/plain")]
    if length is not None:
        headers.append((b"content-length", str(length).encode()))
    await send({"type": "http.response.start", "status": 200, "headers": headers})
