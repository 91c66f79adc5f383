"""The same app for servers of ASGI, by Starlette: the same paths, pages and stores, byte for byte."""

import json
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

from jinja2 import Environment, FileSystemLoader, select_autoescape
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException as NoRoute
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route
from starlette.staticfiles import StaticFiles
from werkzeug.exceptions import HTTPException, InternalServerError, default_exceptions
from werkzeug.utils import redirect

from quoteserver.errors import StoreDownError
from quoteserver.identifiers import parse_id
from quoteserver.pages import (
    HEADERS,
    HEALTHY,
    KEPT_S,
    RETRY_AFTER_S,
    UNREACHABLE,
    Seldom,
    any_of,
    of_contents,
    of_failure,
    of_hello,
    of_quotation,
    prefers_json,
    root,
)
from quoteserver.stores import Store, StorePerProcess, configured_url

_HERE = Path(__file__).parent
_STATIC = _HERE / "static"
_METHODS = ["GET", "HEAD", "OPTIONS"]
_TEMPLATES = Environment(
    loader=FileSystemLoader(_HERE / "templates"), autoescape=select_autoescape(), trim_blocks=True, lstrip_blocks=True
)
_log = logging.getLogger(__name__)

T = TypeVar("T")
View = Callable[[Request], Awaitable[Response]]


def build(store: str | None = None) -> Starlette:
    """The app on a store; as ``quoteserver.create_app``, which is for servers of WSGI."""
    app = Starlette(
        routes=[
            # With a slash at the end, too, and without sending anybody to another address.
            *(
                Route(path + end, _methods(view), methods=_METHODS)
                for path, view in _VIEWS.items()
                for end in ("", "/")
            ),
            Route("/", _methods(_index), methods=_METHODS),
            Route("/css/{name:path}", _methods(_files_in("css")), methods=_METHODS),
            Route("/images/{name:path}", _methods(_files_in("images")), methods=_METHODS),
        ],
        exception_handlers={
            HTTPException: _http,
            NoRoute: _no_route,
            StoreDownError: _store_down,
            Exception: _bug,
        },
    )
    app.router.redirect_slashes = False
    app.state.stores = StorePerProcess(configured_url(store))
    app.state.seldom = Seldom()
    return app


def _methods(view: View) -> View:
    async def answer(request: Request) -> Response:
        if request.method == "OPTIONS":
            return _response(b"", headers={"Allow": ", ".join(_METHODS)})
        return await view(request)

    return answer


async def _asked(store: Store, question: Callable[..., T], *values: object) -> T:
    """What a store answers; one that may take its time is asked in a thread, so that nobody else waits for it."""
    return await run_in_threadpool(question, *values) if store.waits else question(*values)


def _store(request: Request) -> Store:
    stores: StorePerProcess = request.app.state.stores
    return stores.current()


async def _index(request: Request) -> Response:
    store = _store(request)
    contents = await _asked(store, store.contents)
    return _answer(request, "index.html", {"contents": contents}, of_contents(contents))


async def _by_id(request: Request) -> Response:
    number = parse_id(request.scope["query_string"])
    store = _store(request)
    return _answer(request, "quote.html", *of_quotation(await _asked(store, store.get, number), number))


async def _any_quotation(request: Request) -> Response:
    store = _store(request)
    sent = redirect(any_of(await _asked(store, store.contents)))
    headers = {"Location": sent.headers["Location"], "Cache-Control": "no-store"}
    return _response(sent.get_data(), sent.status_code, "text/html", headers)


async def _say_hello(request: Request) -> Response:
    number = parse_id(request.scope["query_string"])
    return _answer(request, "hello.txt", *of_hello(number))


async def _healthz(request: Request) -> Response:
    store = _store(request)
    await _asked(store, store.check)
    return _response(HEALTHY, media_type="application/json", headers={"Cache-Control": "no-store"})


async def _favicon(_request: Request) -> Response:
    return _kept(FileResponse(_STATIC / "favicon.ico"))


_VIEWS = {
    "/quotes/byId": _by_id,
    "/quotes/random": _any_quotation,
    "/quotes/sayHello": _say_hello,
    "/healthz": _healthz,
    "/favicon.ico": _favicon,
}


def _files_in(folder: str) -> View:
    """Files that a web server may serve itself."""
    files = StaticFiles(directory=_STATIC / folder)

    async def view(request: Request) -> Response:
        return _kept(await files.get_response(request.path_params["name"], request.scope))

    return view


def _kept(response: Response) -> Response:
    response.headers.update(dict(HEADERS))
    kind = response.headers.get("Content-Type", "")
    if kind.endswith("+xml"):
        response.headers["Content-Type"] = f"{kind}; charset=utf-8"
    response.headers["Cache-Control"] = f"public, max-age={KEPT_S}"
    return response


def _answer(request: Request, template: str, values: dict[str, Any], document: object, status: int = 200) -> Response:
    """The template filled with the values, or the document as JSON."""
    headers = {"Vary": "Accept"}
    if prefers_json(request.headers.get("accept", "")):
        return _response(json.dumps(document, ensure_ascii=False) + "\n", status, "application/json", headers)
    path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    page = _TEMPLATES.get_template(template).render(root=root(path), **values)
    return _response(page, status, "text/html", headers)


def _response(
    content: str | bytes, status: int = 200, media_type: str | None = None, headers: dict[str, str] | None = None
) -> Response:
    return Response(content, status, {**dict(HEADERS), **(headers or {})}, media_type)


def _failure(request: Request, status: int, name: str, description: str, headers: dict[str, str]) -> Response:
    response = _answer(request, "failure.html", *of_failure(status, name, description), status)
    response.headers.update({"Cache-Control": "no-store", **headers})
    return response


async def _http(request: Request, error: Exception) -> Response:
    return _shown(request, error, {})


async def _no_route(request: Request, error: Exception) -> Response:
    """A path that is not there, a method that is not allowed, as werkzeug words it."""
    if not isinstance(error, NoRoute):
        raise error
    return _shown(request, default_exceptions[error.status_code](), dict(error.headers or {}))


async def _bug(request: Request, _error: Exception) -> Response:
    return _shown(request, InternalServerError(), {})


def _shown(request: Request, error: Exception, headers: dict[str, str]) -> Response:
    if not isinstance(error, HTTPException) or error.code is None:
        raise error
    return _failure(request, error.code, error.name, error.description or error.name, headers)


async def _store_down(request: Request, error: Exception) -> Response:
    if request.app.state.seldom.now():
        _log.error("%s", error)
    return _failure(request, 503, "Service Unavailable", UNREACHABLE, {"Retry-After": str(RETRY_AFTER_S)})
