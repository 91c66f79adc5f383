"""A small app of Falcon, for servers of WSGI and of ASGI."""

import falcon
import falcon.asgi


class Hello:
    def on_get(self, _request, response):
        response.content_type, response.text = falcon.MEDIA_TEXT, "hello"


class Item:
    def on_get(self, _request, response, number):
        response.content_type, response.text = falcon.MEDIA_TEXT, f"item {number}"


class HelloAsync:
    async def on_get(self, _request, response):
        response.content_type, response.text = falcon.MEDIA_TEXT, "hello"


class ItemAsync:
    async def on_get(self, _request, response, number):
        response.content_type, response.text = falcon.MEDIA_TEXT, f"item {number}"


def routed(app, hello, item):
    app.add_route("/", hello)
    app.add_route("/items/{number:int}", item)
    return app


wsgi = routed(falcon.App(), Hello(), Item())
asgi = routed(falcon.asgi.App(), HelloAsync(), ItemAsync())
