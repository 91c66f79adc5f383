"""Hands on another service's header that says how that one framed its body."""


def app(_environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain"), ("Transfer-Encoding", "chunked")])
    return [b"from upstream\n"]
