"""Takes two seconds to be imported, then answers."""

import time

time.sleep(2)


def app(_environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "4")])
    return [b"late"]
