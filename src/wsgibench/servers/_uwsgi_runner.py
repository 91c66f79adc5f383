"""Runs uWSGI inside the interpreter that executes this file: ``BACKLOG ARGUMENT ...``.

The backlog is how many clients may wait to be accepted. With uWSGI's 100, nginx's connects to a unix socket fail in a
burst.

It runs in the app's environment, where wsgibench need not be installed: executed by path, it imports nothing of it.
"""

import os
import sys

# Python put this file's directory there, in which gunicorn.py is not gunicorn.
if os.path.realpath(sys.path[0]) == os.path.dirname(os.path.realpath(__file__)):  # noqa: PTH120  # before pathlib
    del sys.path[0]

from pathlib import Path

import pyuwsgi  # type: ignore[import-not-found]  # an extension without stubs

SOMAXCONN = Path("/proc/sys/net/core/somaxconn")

# uWSGI exits if asked for more than the kernel grants.
granted = int(SOMAXCONN.read_text()) if SOMAXCONN.exists() else 128
backlog, *arguments = sys.argv[1:]
pyuwsgi.run([*arguments, "--listen", str(min(int(backlog), granted))])
