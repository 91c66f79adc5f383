"""Takes IMPORT_S seconds to be imported, as large models do, then answers."""

import os
import time

time.sleep(float(os.environ.get("IMPORT_S", "2")))


def app(_environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "4")])
    return [b"late"]
