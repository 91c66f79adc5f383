"""Runs a server's command that starts its workers anew: ``[-p DIRECTORY ...] -m MODULE:FUNCTION ARGUMENT ...``.

Each worker is a fresh interpreter, which imports this file before anything of the app's, with the import path of its
parent. As in ``_module_runner``, servers are imported while the app's directories are not on it: there, an app's own
uvicorn.py is not uvicorn.

It runs in the app's environment, where wsgibench need not be installed: executed by path, it imports nothing of it.
"""

import os
import sys

# Python put this file's directory there, in which hypercorn.py is not hypercorn.
if os.path.realpath(sys.path[0]) == os.path.dirname(os.path.realpath(__file__)):  # noqa: PTH120  # before pathlib
    del sys.path[0]

import importlib

words = sys.argv[1:]
paths = []
while words[0] == "-p":
    paths.append(words[1])
    del words[:2]
module, _, function = words[1].partition(":")
sys.path[:] = [path for path in sys.path if path not in paths]
command = getattr(importlib.import_module(module), function)
sys.path[:0] = paths

if __name__ == "__main__":
    # sys.argv stays whole: the workers read it, too.
    sys.exit(command(words[2:]))
