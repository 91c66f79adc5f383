"""A small app of Flask."""

from flask import Flask, Response

app = Flask(__name__)


@app.get("/")
def hello() -> Response:
    return Response("hello", mimetype="text/plain")


@app.get("/items/<int:number>")
def item(number: int) -> Response:
    return Response(f"item {number}", mimetype="text/plain")
