"""The sample app behind each proxy that is here, as a user serves it."""

from collections.abc import Iterator

import pytest

from support.command import serving
from support.serving import stacks_by_others
from wsgibench.contract.started import send
from wsgibench.model.address import Tcp


def reached_by(url: str) -> Tcp:
    return Tcp(port=int(url.rpartition(":")[2]))


@pytest.fixture(scope="module")
def by_nginx() -> Iterator[Tcp]:
    """What all others are held against."""
    with serving("nginx+gunicorn") as (url, _):
        yield reached_by(url)


@pytest.mark.parametrize("ids", [50, pytest.param(1000, marks=pytest.mark.long)])
@pytest.mark.parametrize("name", stacks_by_others())
def test_it_serves_the_same_bytes(name: str, ids: int, by_nginx: Tcp) -> None:
    """Page by page as nginx does, files included."""
    with serving(name) as (url, _):
        given = ("/", "/quotes/sayHello?id=5", "/css/quotes.css", "/favicon.ico")
        paths = (*given, *(f"/quotes/byId?id={number}" for number in range(1, ids + 1)))
        differing = [path for path in paths if _seen(by_nginx, path) != _seen(reached_by(url), path)]
    assert differing == []


def _seen(address: Tcp, path: str) -> tuple[str | None, bytes]:
    answer = send(address, path)
    assert answer.status == 200, (path, answer)
    return answer.headers["Content-Type"], answer.body
