"""Burns 0.2 s of CPU on SIGUSR1, forks another like itself on SIGUSR2, and says what it did.

On SIGWINCH it starts a command that takes an hour. ``careless`` never waits for its children; ``heavy`` holds 64 MiB
that its children share; ``listens`` has a socket that they share.
"""

import os
import signal
import socket
import subprocess
import sys
import time


def say(*words):
    # One write a line, so that lines of several processes never mix.
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def burn(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def reap():
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


awaited = {signal.SIGUSR1, signal.SIGUSR2, signal.SIGCHLD, signal.SIGWINCH}
signal.pthread_sigmask(signal.SIG_BLOCK, awaited)
if "careless" in sys.argv:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
ballast = bytearray(os.urandom(1024)) * (64 * 1024) if "heavy" in sys.argv else b""
listener = socket.create_server(("127.0.0.1", 0)) if "listens" in sys.argv else None
say("ready", os.getpid())
while True:
    match signal.sigwait(awaited):
        case signal.SIGUSR1:
            burn(0.2)
            say("burnt", sum(os.times()[:2]))
        case signal.SIGUSR2:
            child = os.fork()
            say("forked", child) if child else say("born", os.getpid())
        case signal.SIGWINCH:
            say("started", subprocess.Popen(["/bin/sleep", "3600"]).pid)
        case signal.SIGCHLD:
            reap()
            say("reaped", os.getpid())
