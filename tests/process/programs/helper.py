"""Has a helper that has left it, and says the helper's process id.

The helper burns so many seconds of CPU on SIGUSR1, and ignores SIGTERM; on SIGUSR2 the program starts another that
leaves it, burns as much and ends.
"""

import os
import signal
import sys
import time

BURN_S = float(sys.argv[1])


def daemon(work):
    """Fork twice: what works has no parent here, and a session of its own."""
    if not os.fork():
        os.setsid()
        if not os.fork():
            work()
        os._exit(0)
    os.wait()


def burn(*_):
    end = time.process_time() + BURN_S
    while time.process_time() < end:
        pass


def help_on():
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGUSR1, burn)
    os.write(1, f"{os.getpid()}\n".encode())
    while True:
        signal.pause()


signal.signal(signal.SIGUSR2, lambda *_: daemon(burn))
daemon(help_on)
while True:
    signal.pause()
