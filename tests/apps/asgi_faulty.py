"""ASGI apps whose own faults sound like those of an app of another kind."""


async def _inner(_scope, _receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})


class _Inner:
    async def __call__(self, scope, receive, send):
        await _inner(scope, receive, send)


class _Forgets:
    """A middleware that does not await what it calls."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        self.app(scope, receive, send)


class _LeavesOut(_Forgets):
    """A middleware that calls with less than is taken."""

    async def __call__(self, scope, receive, _send):
        await self.app(scope, receive)


forgets = _Forgets(_Inner())
leaves_out = _LeavesOut(_inner)
