"""A factory, and an app that is an attribute of something else."""

from types import SimpleNamespace


def create_app():
    def app(_environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "4")])
        return [b"made"]

    return app


shop = SimpleNamespace(app=create_app(), create_app=create_app)
