"""An app of threads that answers in 5 ms, until six requests were under way at once: from then on in TIRED_MS (40)."""

import os
import threading
import time

LOCK = threading.Lock()
STATE = {"under_way": 0, "tired": False}
TOO_MANY = 6
TIRED_S = float(os.environ.get("TIRED_MS", "40")) / 1e3


def app(environ, start_response):
    with LOCK:
        STATE["under_way"] += 1
        STATE["tired"] = STATE["tired"] or STATE["under_way"] >= TOO_MANY
    time.sleep(TIRED_S if STATE["tired"] else 0.005)
    with LOCK:
        STATE["under_way"] -= 1
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
    return [b"ok"]
