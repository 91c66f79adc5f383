"""An app of the other kind."""


class Api:
    async def __call__(self, scope, receive, send):  # noqa: ARG002
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"hi"})


app = Api()


async def plain(scope, receive, send):
    await app(scope, receive, send)


async def of_two(environ, start_response):
    return [b"hi"]
