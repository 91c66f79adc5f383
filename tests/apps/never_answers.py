"""Takes requests and never answers one."""

import threading


def app(_environ, _start_response):
    threading.Event().wait()
