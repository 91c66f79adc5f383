"""A small app of Pyramid."""

from pyramid.config import Configurator
from pyramid.response import Response


def hello(_request):
    return Response("hello", content_type="text/plain")


def item(request):
    return Response(f"item {int(request.matchdict['number'])}", content_type="text/plain")


def create_app():
    with Configurator() as config:
        config.add_route("hello", "/")
        config.add_route("item", r"/items/{number:\d+}")
        config.add_view(hello, route_name="hello")
        config.add_view(item, route_name="item")
        return config.make_wsgi_app()
