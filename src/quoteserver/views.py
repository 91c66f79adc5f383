"""The pages of the article, and what it lacked: a front page, a random quotation, a sign of life."""

import random

from flask import Blueprint, Response, current_app, redirect, request
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as BaseResponse

from quoteserver.answers import answer
from quoteserver.identifiers import parse_id
from quoteserver.portraits import portrait
from quoteserver.stores import Store, StorePerProcess

views = Blueprint("views", __name__)


def _store() -> Store:
    stores: StorePerProcess = current_app.extensions["quoteserver"]
    return stores.current()


@views.get("/")
def index() -> Response:
    """What there is to see here."""
    contents = _store().contents()
    # Not the store's address nor its ids: the one is nobody's business, the other follow from the documents.
    document = {name: getattr(contents, name) for name in ("backend", "documents", "distinct_texts")}
    return answer("index.html", {"contents": contents}, document)


@views.get("/quotes/byId")
def by_id() -> Response:
    """Quotation ``?id=``: text, author, portrait."""
    number = parse_id(request.query_string)
    quotation = _store().get(number)
    if quotation is None:
        raise NotFound(f"There is no quotation {number}.")
    values = {"quotation": quotation, "portrait": portrait(quotation.author)}
    return answer("quote.html", values, quotation._asdict())


@views.get("/quotes/random")
def any_quotation() -> BaseResponse:
    """Sends to any quotation, by a relative address, so that it works behind any prefix."""
    contents = _store().contents()
    if contents.first_id is None or contents.last_id is None:
        raise NotFound("There are no quotations.")
    number = random.randint(contents.first_id, contents.last_id)  # noqa: S311 - a quotation is no secret
    response = redirect(f"byId?id={number}")
    response.headers["Cache-Control"] = "no-store"
    return response


@views.get("/quotes/sayHello")
def say_hello() -> Response:
    """``hello 5``: the cost of everything but the store and the page."""
    number = parse_id(request.query_string)
    return answer("hello.txt", {"number": number}, {"greeting": f"hello {number}"})


@views.get("/healthz")
def healthz() -> Response:
    """``{"status": "ok"}`` once the store has answered; its failure is a 503 like any other."""
    _store().check()
    response = Response('{"status": "ok"}\n', mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
