"""Is imported, and then never answers."""

import time


def app(environ, start_response):
    time.sleep(3600)
