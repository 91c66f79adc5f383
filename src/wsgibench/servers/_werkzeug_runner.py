"""Serves an app by werkzeug's development server, as ``app.run`` does, without reloader and debugger.

It runs in the app's environment, where wsgibench need not be installed: executed by path, it imports nothing of it.
"""

import os
import sys

# Python put this file's directory there, in which werkzeug.py is not werkzeug.
if os.path.realpath(sys.path[0]) == os.path.dirname(os.path.realpath(__file__)):  # noqa: PTH120  # before pathlib
    del sys.path[0]

import argparse
import importlib
import logging
from typing import Any

from werkzeug.exceptions import NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.serving import run_simple


def main() -> None:
    """Serve until SIGINT or SIGTERM."""
    parser = argparse.ArgumentParser(description="Serves a WSGI app by werkzeug.")
    parser.add_argument("target", help="module:attribute, or module:factory()")
    parser.add_argument("-p", dest="paths", action="append", default=[], help="what the import path begins with")
    parser.add_argument("--host", required=True, help="address, or unix:// and the path of a socket")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--prefix", help="path below which the app is mounted")
    parser.add_argument("--trust-proxy", action="store_true", help="take the scheme from X-Forwarded-Proto")
    arguments = parser.parse_args()
    sys.path[:0] = arguments.paths
    module, _, attribute = arguments.target.partition(":")
    app: Any = getattr(importlib.import_module(module), attribute.removesuffix("()"))
    if attribute.endswith("()"):
        app = app()
    if arguments.prefix:
        app = DispatcherMiddleware(NotFound(), {arguments.prefix: app})
    if arguments.trust_proxy:
        app = ProxyFix(app, x_for=0, x_proto=1, x_host=0)
    # It logs each request at level info.
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    run_simple(arguments.host, arguments.port, app, threaded=True, use_reloader=False, use_debugger=False)


if __name__ == "__main__":
    main()
