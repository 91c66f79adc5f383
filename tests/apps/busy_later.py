"""Works in the background from some seconds after its start on, whether it is asked or not."""

import threading
import time

AFTER_S = 6.0


def work():
    time.sleep(AFTER_S)
    while True:
        end = time.monotonic() + 0.02
        while time.monotonic() < end:
            pass
        time.sleep(0.02)


threading.Thread(target=work, daemon=True).start()


def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
    return [b"ok"]
