"""Apps of ASGI that behave badly, or need what not every server gives: what each server makes of them."""

import concurrent.futures
import http.client
import time
from collections.abc import Iterator

import pytest

from wsgibench.contract.serving import Served, server
from wsgibench.contract.started import POLL_S, connect, listens, read_response, send, wait_until_answers
from wsgibench.servers import SERVERS

NAMES = [name for name in SERVERS.names() if SERVERS.get(name).interface == "asgi"]
KNOWS_NO_LIFESPAN = {"daphne"}


@pytest.fixture(scope="module", params=NAMES)
def awkward(request: pytest.FixtureRequest) -> Iterator[Served]:
    """The server on the app, which knows a lifespan, in one worker."""
    with server(request.param, "asgi_awkward:app", workers=1, env={"LIFESPAN": "needed"}) as it:
        it.name = request.param
        wait_until_answers(it.server, it.address, within_s=20)
        yield it


def test_an_app_that_needs_its_lifespan_gets_it(awkward: Served) -> None:
    """Once in each process, before the first request; daphne knows none."""
    started = send(awkward.address).body.split()[1]
    assert started == (b"0" if awkward.name in KNOWS_NO_LIFESPAN else b"1")


def test_an_app_that_blocks_its_loop_holds_up_all(awkward: Served) -> None:
    """Three at once take the time of three one after another: what is measured of it is the app's doing."""
    began_s = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda _: send(awkward.address, "/blocks"), range(3)))
    assert [answer.status for answer in answers] == [200] * 3
    assert time.monotonic() - began_s >= 0.9


def test_an_app_that_minds_no_client_that_leaves_harms_no_other(awkward: Served) -> None:
    """It goes on to send to nobody; others are answered."""
    for _ in range(3):
        with connect(awkward.address) as connection:
            connection.sendall(b"GET /ignores HTTP/1.1\r\nHost: localhost\r\n\r\n")
            connection.recv(1000)
    assert [send(awkward.address).status for _ in range(8)] == [200] * 8


def test_an_app_that_never_finishes_a_response_harms_no_other_and_ends(awkward: Served) -> None:
    """Others are answered meanwhile, and the server's end does not wait for it: the last of these tests."""
    with connect(awkward.address) as connection:
        connection.sendall(b"GET /never HTTP/1.1\r\nHost: localhost\r\n\r\n")
        response = http.client.HTTPResponse(connection)
        response.begin()
        assert response.status == 200
        with connect(awkward.address) as other:
            other.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert read_response(other).status == 200
        took_s = awkward.server.stop(SERVERS.get(awkward.name).stop_signal)
    assert took_s < 4, awkward.server.said()
    assert not listens(awkward.address)


@pytest.mark.parametrize("name", NAMES)
def test_an_app_whose_start_fails_is_not_served(name: str) -> None:
    """The server ends and says why; daphne does not ask."""
    with server(name, "asgi_awkward:app", env={"LIFESPAN": "fails"}) as served:
        if name in KNOWS_NO_LIFESPAN:
            assert wait_until_answers(served.server, served.address, within_s=20).status == 200
            return
        deadline = time.monotonic() + 20
        while served.server.process.poll() is None:
            assert time.monotonic() < deadline, served.server.said()
            time.sleep(POLL_S)
        assert not listens(served.address)
        assert "the store is not there" in served.server.said()
