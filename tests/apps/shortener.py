"""A link shortener: its right answer is a redirect."""


def app(environ, start_response):
    location = f"http://example.org/to{environ['PATH_INFO']}"
    start_response("302 Found", [("Location", location), ("Content-Length", "0")])
    return []
