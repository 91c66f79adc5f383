"""A small app of Quart."""

from quart import Quart, Response

app = Quart(__name__)


@app.get("/")
async def hello() -> Response:
    return Response("hello", mimetype="text/plain")


@app.get("/items/<int:number>")
async def item(number: int) -> Response:
    return Response(f"item {number}", mimetype="text/plain")
