"""Takes a lock on import, which only one process can have; with BROKEN set, its page fails for another reason."""

import fcntl
import os
from pathlib import Path

lock = Path(os.environ["LOCK"]).open("w")  # noqa: SIM115  # held as long as it lives
fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


def app(_environ, start_response):
    if "BROKEN" in os.environ:
        raise RuntimeError("the table 'items' is missing")
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
    return [b"ok"]
