"""Answers only a POST of the right body with the right token."""


def app(environ, start_response):
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    token = environ.get("HTTP_X_TOKEN")
    right = environ["REQUEST_METHOD"] == "POST" and token == "s3cret" and body == b"what it wants"
    start_response("200 OK" if right else "403 Forbidden", [("Content-Type", "text/plain"), ("Content-Length", "2")])
    return [b"ok"]
