"""Serves an app by werkzeug's development server, as ``app.run`` does, without reloader and debugger.

It runs in the app's environment, where wsgibench need not be installed: executed by path, it imports nothing of it.
"""

import argparse
import functools
import importlib
import logging
import os
import sys
from typing import Any

# Python put this file's directory there, in which werkzeug.py is not werkzeug.
sys.path[0] = os.getcwd()  # noqa: PTH109  # a string is wanted

from werkzeug.serving import run_simple  # noqa: E402


def main() -> None:
    """Serve until SIGINT or SIGTERM."""
    parser = argparse.ArgumentParser(description="Serves a WSGI app by werkzeug.")
    parser.add_argument("target", help="module:attribute, or module:factory()")
    parser.add_argument("--host", required=True, help="address, or unix:// and the path of a socket")
    parser.add_argument("--port", type=int, default=0)
    arguments = parser.parse_args()
    module, _, attribute = arguments.target.partition(":")
    names = attribute.removesuffix("()").split(".")
    app: Any = functools.reduce(getattr, names, importlib.import_module(module))
    if attribute.endswith("()"):
        app = app()
    # It logs each request at level info.
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    run_simple(arguments.host, arguments.port, app, threaded=True, use_reloader=False, use_debugger=False)


if __name__ == "__main__":
    main()
