"""The tests' apps for servers of ASGI: those for WSGI, called in the event loop with what the server said."""

import io
import sys


def asgi(wsgi):
    """The same app; it knows no lifespan."""

    async def app(scope, receive, send):
        if scope["type"] != "http":
            raise NotImplementedError(scope["type"])
        pieces, more = [], True
        while more:
            message = await receive()
            pieces.append(message.get("body", b""))
            more = message.get("more_body", False)
        said = {}

        def start_response(status, headers):
            said["status"] = int(status.split()[0])
            said["headers"] = [(name.lower().encode(), value.encode()) for name, value in headers]

        parts = wsgi(environ_of(scope, b"".join(pieces)), start_response)
        await send({"type": "http.response.start", **said})
        for part in parts:
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    return app


def environ_of(scope, body):
    """What a server of WSGI would have said."""
    root = scope.get("root_path", "")
    environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": root,
        "PATH_INFO": scope["path"].removeprefix(root),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "CONTENT_LENGTH": str(len(body)),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input_terminated": True,
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
    }
    for name, value in scope["headers"]:
        key = name.decode("latin-1").upper().replace("-", "_")
        environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value.decode("latin-1")
    return environ
