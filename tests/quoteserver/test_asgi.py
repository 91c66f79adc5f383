"""The app for servers of ASGI is the same app: what it answers is what the one for servers of WSGI answers."""

import asyncio
import random
from pathlib import Path

import pytest

from quoteserver import create_app
from quoteserver.quotations import PACKAGED, read_texts
from quoteserver.starlette_app import build
from quoteserver.stores.sqlite import load

KEPT = (
    "content-type",
    "vary",
    "cache-control",
    "location",
    "retry-after",
    "content-security-policy",
    "referrer-policy",
)


def asked(app, targets, *, method="GET", headers=(), root_path=""):
    """Status, headers and body of each, as a server of ASGI gets them."""

    async def one(target):
        path, _, query = target.partition("?")
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": root_path + path,
            "raw_path": (root_path + path).encode(),
            "root_path": root_path,
            "query_string": query.encode(),
            "headers": [(name.lower().encode(), value.encode()) for name, value in headers],
        }
        said = []
        requests = iter([True])

        async def receive():
            if not next(requests, False):
                await asyncio.Event().wait()  # this client never leaves
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message):
            said.append(message)

        await app(scope, receive, send)
        start, *rest = said
        names = {name.decode().lower(): value.decode() for name, value in start["headers"]}
        return start["status"], names, b"".join(each.get("body", b"") for each in rest)

    async def all_of_them():
        return [await one(target) for target in targets]

    return asyncio.run(all_of_them())


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> str:
    url = f"sqlite:///{tmp_path_factory.mktemp('store') / 'quotes.db'}"
    list(load(url, read_texts(PACKAGED), 9000))
    return url


@pytest.fixture(scope="module")
def both():
    """The app for either kind of server, on the packaged quotations."""
    return build("memory://"), create_app("memory://").test_client()


@pytest.mark.parametrize(("kind", "accept"), [("memory", "text/html"), ("sqlite", "application/json")])
def test_a_thousand_quotations_are_the_same_bytes(kind: str, accept: str, store: str) -> None:
    """Any 1,000 of them, whatever the store and the form."""
    url = store if kind == "sqlite" else "memory://"
    client = create_app(url).test_client()
    targets = [f"/quotes/byId?id={number}" for number in random.Random(accept).sample(range(1, 8559), 1000)]
    headers = [("Accept", accept)]
    for target, (status, _, body) in zip(targets, asked(build(url), targets, headers=headers), strict=True):
        expected = client.get(target, headers=headers)
        assert (status, body) == (200, expected.data), target


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
@pytest.mark.parametrize(
    "target",
    [
        "/",
        "/quotes/byId?id=5",
        "/quotes/sayHello?id=5",
        "/quotes/byId?id=8559",
        "/quotes/byId",
        "/quotes/byId?id=%D9%A3",
        "/quotes/byId?id=1&id=2",
        "/quotes/byId/",
        "/quotes//byId?id=1",
        "/nothing",
        "/css/none.css",
        "/css/",
        "/css/../wsgi.py",
        "/css/quotes.css",
        "/images/john-milton.svg",
        "/favicon.ico",
        "/healthz",
    ],
)
def test_each_path_is_the_same(both, target: str, accept: str) -> None:
    """Status, body, and the headers that mean something to a client."""
    app, client = both
    headers = [("Accept", accept)]
    ((status, found, body),) = asked(app, [target], headers=headers)
    with client.get(target, headers=headers) as expected:
        assert (status, body) == (expected.status_code, expected.data)
        wanted = {name: expected.headers.get(name) for name in KEPT}
        if wanted["cache-control"]:
            wanted["cache-control"] = ", ".join(sorted(wanted["cache-control"].split(", ")))
            found["cache-control"] = ", ".join(sorted(found["cache-control"].split(", ")))
        assert {name: found.get(name) for name in KEPT} == wanted


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "POST", "BREW"])
@pytest.mark.parametrize("target", ["/", "/quotes/byId?id=5", "/css/quotes.css"])
def test_each_method_is_the_same(both, target: str, method: str) -> None:
    """What is allowed is said alike."""
    app, client = both
    ((status, found, _),) = asked(app, [target], method=method)
    with client.open(target, method=method) as expected:
        assert status == expected.status_code
        assert names(found.get("allow")) == names(expected.headers.get("Allow"))


def names(allow: str | None) -> set[str]:
    return set((allow or "").replace(" ", "").split(","))


def test_a_store_that_is_down_is_the_same(tmp_path: Path) -> None:
    """503, when to come again, and nothing kept."""
    (tmp_path / "quotes.db").write_text("no store")
    url = f"sqlite:///{tmp_path / 'quotes.db'}"
    ((status, found, body),) = asked(build(url), ["/quotes/byId?id=5"])
    expected = create_app(url).test_client().get("/quotes/byId?id=5")
    assert (status, body) == (503, expected.data)
    assert {name: found.get(name) for name in KEPT} == {name: expected.headers.get(name) for name in KEPT}


def test_below_a_prefix_pages_are_the_same(both) -> None:
    """As a server mounts the app: their links are relative."""
    app, client = both
    ((status, _, body),) = asked(app, ["/quotes/byId?id=5"], root_path="/shop")
    expected = client.get("/quotes/byId?id=5", base_url="http://localhost/shop")
    assert (status, body) == (200, expected.data)
