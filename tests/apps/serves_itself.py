"""Starts a server of its own as soon as it is imported, as ``app.run()`` without a guard does."""

from wsgiref.simple_server import make_server


def app(_environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
    return [b"ok"]


make_server("127.0.0.1", 0, app).serve_forever()
