"""Works in the background all the time."""

import threading


def work():
    while True:
        sum(range(10_000))


threading.Thread(target=work, daemon=True).start()


def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
    return [b"ok"]
