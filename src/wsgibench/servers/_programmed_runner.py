"""Serves an app by a server that has no command for all that is set, or none at all: by its functions.

Processes are forked when the app has been loaded. One that ends by itself ends all, and whoever keeps them starts them
anew.

It runs in the app's environment, where wsgibench need not be installed: executed by path, it imports nothing of it.
"""

import os
import sys

# Python put this file's directory there, in which bjoern.py is not bjoern.
if os.path.realpath(sys.path[0]) == os.path.dirname(os.path.realpath(__file__)):  # noqa: PTH120  # before pathlib
    del sys.path[0]

import argparse
import ctypes
import importlib
import logging
import signal
import socket
from collections.abc import Callable
from typing import Any

_KEPT_S = 75
_PR_SET_PDEATHSIG = 1
_END_S = 1
"""For requests in flight; idle connections would be waited for without end."""


def bjoern(app: Any, asked: argparse.Namespace) -> None:  # noqa: ANN401  # whatever the target names
    """All processes at one socket."""
    server: Any = importlib.import_module("bjoern")
    listener = _listener(asked)
    _forked(asked.workers, lambda: server.server_run(listener, app))


def cheroot(app: Any, asked: argparse.Namespace) -> None:  # noqa: ANN401
    """Threads in one process."""
    wsgi: Any = importlib.import_module("cheroot.wsgi")
    server = wsgi.Server(
        asked.unix or (asked.host, asked.port),
        app,
        numthreads=asked.threads,
        max=asked.threads,
        request_queue_size=asked.backlog,
        timeout=_KEPT_S,
        shutdown_timeout=1,
    )
    # By itself it closes each connection after its response when it has ten.
    server.keep_alive_conn_limit = 10_000
    try:
        server.safe_start()
    except KeyboardInterrupt:
        server.stop()


def werkzeug(app: Any, asked: argparse.Namespace) -> None:  # noqa: ANN401
    """A thread for each connection, as ``app.run`` does, without reloader and debugger."""
    serving: Any = importlib.import_module("werkzeug.serving")
    # It logs each request at level info.
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    serving.BaseWSGIServer.request_queue_size = asked.backlog
    host = f"unix://{asked.unix}" if asked.unix else asked.host
    serving.run_simple(host, asked.port, app, threaded=True, use_reloader=False, use_debugger=False)


_SERVERS = {each.__name__: each for each in (bjoern, cheroot, werkzeug)}
_MODULES = {"cheroot": "cheroot.wsgi", "werkzeug": "werkzeug.serving"}


def _listener(asked: argparse.Namespace) -> socket.socket:
    if asked.unix:
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(asked.unix)
    else:
        listener = socket.socket(socket.AF_INET6 if ":" in asked.host else socket.AF_INET)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((asked.host, asked.port))
    listener.settimeout(0)
    listener.listen(asked.backlog)
    return listener


def _forked(count: int, serve: Callable[[], object]) -> None:
    """Serve in so many processes until told to end; they are told by SIGINT, which such servers know."""
    parent = os.getpid()
    workers = [_worker(serve, parent) for _ in range(count)]
    asked = []

    def end(number: int, _frame: object) -> None:
        asked.append(number)
        for pid in left:
            os.kill(pid, signal.SIGKILL if number == signal.SIGALRM else signal.SIGINT)
        signal.setitimer(signal.ITIMER_REAL, _END_S)

    left = set(workers)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM):
        signal.signal(number, end)
    while left:
        pid, status = os.wait()
        left.discard(pid)
        if not asked:
            for other in left:
                os.kill(other, signal.SIGKILL)
            sys.exit(f"The worker {pid} ended with {os.waitstatus_to_exitcode(status)}.")


def _worker(serve: Callable[[], object], parent: int) -> int:
    """The process id of a new one, which does not outlive its parent."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() == parent:
            serve()
            code = 0
    except KeyboardInterrupt:
        code = 0
    finally:
        sys.stderr.flush()
        os._exit(code)


def main() -> None:
    """Serve until SIGINT, or where there are processes also SIGTERM."""
    parser = argparse.ArgumentParser(description="Serves a WSGI app by one of these servers.")
    parser.add_argument("server", choices=sorted(_SERVERS))
    parser.add_argument("target", help="module:attribute, or module:factory()")
    parser.add_argument("-p", dest="paths", action="append", default=[], help="what the import path begins with")
    parser.add_argument("--host", default="")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--unix", help="path of a socket to listen on instead")
    parser.add_argument("--backlog", type=int, default=128, help="clients that may wait to be accepted")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    asked = parser.parse_args()
    importlib.import_module(_MODULES.get(asked.server, asked.server))
    sys.path[:0] = asked.paths
    module, _, attribute = asked.target.partition(":")
    app: Any = getattr(importlib.import_module(module), attribute.removesuffix("()"))
    if attribute.endswith("()"):
        app = app()
    if not callable(app):
        raise TypeError(f"'{type(app).__name__}' object is not callable")
    _SERVERS[asked.server](app, asked)


if __name__ == "__main__":
    main()
