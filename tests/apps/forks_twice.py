"""Has a helper that leaves it when it is loaded; with BURN_MS each request starts another that burns so much CPU.

Also ends each command that it starts for a request, if COMMANDS is set.
"""

import os
import subprocess
import time

BURN_S = float(os.environ.get("BURN_MS", "0")) / 1000
COMMANDS = bool(os.environ.get("COMMANDS"))

subprocess.run(["/bin/sh", "-c", "setsid sleep 7919 >/dev/null 2>&1 </dev/null & exit 0"], check=False)


def burn():
    """In a process whose parent has ended, with a session of its own; returns when it has ended, too."""
    done, doing = os.pipe()
    child = os.fork()
    if not child:
        os.setsid()
        if not os.fork():
            os.close(done)
            end = time.process_time() + BURN_S
            while time.process_time() < end:
                pass
        os._exit(0)
    os.close(doing)
    os.waitpid(child, 0)
    os.read(done, 1)
    os.close(done)


def app(_environ, start_response):
    if BURN_S:
        burn()
    if COMMANDS:
        subprocess.run(["/bin/sleep", "0.01"], check=True)
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
    return [b"ok"]
