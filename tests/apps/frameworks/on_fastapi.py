"""A small app of FastAPI: a page that is computed in the loop, and one in a thread."""

from fastapi import FastAPI
from fastapi.responses import PlainTextResponse

app = FastAPI()


@app.get("/", response_class=PlainTextResponse)
async def hello() -> str:
    return "hello"


@app.get("/items/{number}", response_class=PlainTextResponse)
def item(number: int) -> str:
    return f"item {number}"
