"""Runs uWSGI inside the interpreter that executes this file, with the arguments given.

It runs in the app's environment, where wsgibench need not be installed: executed by path, it imports nothing of it.
"""

import sys
from pathlib import Path

# Python put this file's directory there, in which gunicorn.py is not gunicorn.
del sys.path[0]

import pyuwsgi  # type: ignore[import-not-found]  # noqa: E402  # an extension without stubs

SOMAXCONN = Path("/proc/sys/net/core/somaxconn")
BACKLOG = 1024
"""Clients that may wait to be accepted. With uWSGI's 100, nginx's connects to a unix socket fail in a burst."""

# uWSGI exits if asked for more than the kernel grants.
granted = int(SOMAXCONN.read_text()) if SOMAXCONN.exists() else 128
pyuwsgi.run([*sys.argv[1:], "--listen", str(min(BACKLOG, granted))])
