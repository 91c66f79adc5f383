"""A small app of Starlette."""

from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route


async def hello(_request):
    return PlainTextResponse("hello")


def item(request):
    return PlainTextResponse(f"item {request.path_params['number']}")


app = Starlette(routes=[Route("/", hello), Route("/items/{number:int}", item)])
