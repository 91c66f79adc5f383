"""Has a page at its root, and nothing else."""


def app(environ, start_response):
    found = environ["PATH_INFO"] == "/"
    start_response("200 OK" if found else "404 Not Found", [("Content-Type", "text/plain"), ("Content-Length", "2")])
    return [b"ok"]
