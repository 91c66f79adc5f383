"""The pages of the article, and what it lacked: a front page, a random quotation, a sign of life."""

from flask import Blueprint, Response, current_app, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from quoteserver.answers import answer
from quoteserver.identifiers import parse_id
from quoteserver.pages import HEALTHY, any_of, of_contents, of_hello, of_quotation
from quoteserver.stores import Store, StorePerProcess

views = Blueprint("views", __name__)


def _store() -> Store:
    stores: StorePerProcess = current_app.extensions["quoteserver"]
    return stores.current()


@views.get("/")
def index() -> Response:
    """What there is to see here."""
    contents = _store().contents()
    return answer("index.html", {"contents": contents}, of_contents(contents))


@views.get("/quotes/byId")
def by_id() -> Response:
    """Quotation ``?id=``: text, author, portrait."""
    number = parse_id(request.query_string)
    return answer("quote.html", *of_quotation(_store().get(number), number))


@views.get("/quotes/random")
def any_quotation() -> BaseResponse:
    """Sends to any quotation."""
    response = redirect(any_of(_store().contents()))
    response.headers["Cache-Control"] = "no-store"
    return response


@views.get("/quotes/sayHello")
def say_hello() -> Response:
    """``hello 5``: the cost of everything but the store and the page."""
    number = parse_id(request.query_string)
    return answer("hello.txt", *of_hello(number))


@views.get("/healthz")
def healthz() -> Response:
    """``{"status": "ok"}`` once the store has answered; its failure is a 503 like any other."""
    _store().check()
    response = Response(HEALTHY, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
