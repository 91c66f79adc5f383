"""A Flask app that is made by ``flaskfactory:create_app()``."""

import os

from flask import Flask


def create_app() -> Flask:
    app = Flask(__name__)

    @app.get("/")
    def hello() -> str:
        return f"hello from {os.environ.get('GREETER', 'flask')}"

    return app
