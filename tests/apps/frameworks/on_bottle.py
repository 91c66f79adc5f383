"""A small app of Bottle."""

from bottle import Bottle, response

app = Bottle()


@app.get("/")
def hello() -> str:
    response.content_type = "text/plain"
    return "hello"


@app.get("/items/<number:int>")
def item(number: int) -> str:
    response.content_type = "text/plain"
    return f"item {number}"
