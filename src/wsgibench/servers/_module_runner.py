"""Runs a server's module as its command does: ``[-p DIRECTORY ...] [-i MODULE ...] -m MODULE ARGUMENT ...``.

``python -m gunicorn`` looks into the working directory first, where an app's own gunicorn.py is not gunicorn, and its
types.py not types. Servers, and with ``-i`` what they import later, are imported before the app's directories are on
the import path.

It runs in the app's environment, where wsgibench need not be installed: executed by path, it imports nothing of it.
"""

import os
import sys

# Python put this file's directory there, in which gunicorn.py is not gunicorn either.
if os.path.realpath(sys.path[0]) == os.path.dirname(os.path.realpath(__file__)):  # noqa: PTH120  # before pathlib
    del sys.path[0]

import importlib
import runpy

COMMANDS = {
    "gunicorn": "gunicorn.app.wsgiapp",
    "granian": "granian.cli",
    "waitress": "waitress.runner",
    "daphne": "daphne.cli",
}
"""What a server's command imports before it looks at the app."""

arguments = sys.argv[1:]
paths = []
while arguments[0] == "-p":
    paths.append(arguments[1])
    del arguments[:2]
while arguments[0] == "-i":
    importlib.import_module(arguments[1])
    del arguments[:2]
name = arguments[1]
sys.argv[1:] = arguments[2:]
importlib.import_module(COMMANDS[name])
sys.path[:0] = paths
runpy.run_module(name, run_name="__main__", alter_sys=True)
