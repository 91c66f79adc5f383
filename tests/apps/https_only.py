"""Sends clients to https, unless the proxy before it says that they have come by it; then says where it is."""


def app(environ, start_response):
    if environ.get("HTTP_X_FORWARDED_PROTO") != "https":
        location = f"https://{environ['HTTP_HOST']}{environ['PATH_INFO']}"
        start_response("301 Moved Permanently", [("Location", location), ("Content-Length", "0")])
        return []
    body = f"{environ['wsgi.url_scheme']} {environ['SCRIPT_NAME']} {environ['PATH_INFO']}".encode()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]
