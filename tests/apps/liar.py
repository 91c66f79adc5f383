"""Answers the same under every server but LIAR, where one id in ONE_IN is answered wrongly, and quickly.

With AFTER it does so after as many requests of a process. PAGES is ``minutes`` for pages that change every half second.
With LOCK it takes a lock on that file on import, which only one process can have.
"""

import fcntl
import itertools
import os
import sys
import time
from pathlib import Path

LIES = os.environ.get("LIAR", "nobody") in sys.modules
ONE_IN, AFTER = int(os.environ.get("ONE_IN", "1")), int(os.environ.get("AFTER", "0"))
SLOWLY = os.environ.get("PAGES") == "minutes"
requests = itertools.count(1)
if "LOCK" in os.environ:
    lock = Path(os.environ["LOCK"]).open("w")  # noqa: SIM115  # held as long as it lives
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


def app(environ, start_response):
    number = int(environ["PATH_INFO"].rpartition("/")[2] or 0)
    text = f"page {number}"
    if SLOWLY:
        text += f", {int(time.time() * 2)} minutes ago"
    if LIES and number % ONE_IN == 0 and next(requests) > AFTER:
        text = "<script>Database is down</script>"
    body = text.encode()
    start_response("200 OK", [("Content-Type", "text/html"), ("Content-Length", str(len(body)))])
    return [body]
