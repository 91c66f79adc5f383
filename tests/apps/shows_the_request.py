"""Answers with all headers of the request, and takes for granted what every browser sends."""


def app(environ, start_response):
    known = [environ[f"HTTP_{name}"] for name in ("HOST", "USER_AGENT", "ACCEPT", "ACCEPT_ENCODING")]
    seen = sorted((name, value) for name, value in environ.items() if name.startswith("HTTP_") and "HOST" not in name)
    body = repr((known, seen)).encode()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]
