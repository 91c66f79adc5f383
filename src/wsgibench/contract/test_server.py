"""What every server of the registry is held to, many claims to one start: it listens on IPv6, for a change."""

import contextlib
import hashlib
import http.client
import json
import random
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from quoteserver import create_app
from wsgibench.contract.choice import may_be
from wsgibench.contract.serving import Served, stack
from wsgibench.contract.started import (
    Response,
    connect,
    has_ipv6,
    listens,
    read_response,
    send,
    wait_until_answers,
    waiting_at_most,
)
from wsgibench.deploy.workers import count_workers
from wsgibench.hosts import LocalHost
from wsgibench.model.address import Tcp
from wsgibench.model.server import BACKLOG
from wsgibench.model.stack import Stack
from wsgibench.servers import SERVERS

STARTED = [name if SERVERS.get(name).protocol == "http" else f"nginx+{name}" for name in SERVERS.names()]
MUCH = 16 * 1024 * 1024
KEEPS_NONE = {"gunicorn", "werkzeug", "uwsgi-http-socket"}
"""Servers that close the connection after each response, and say so."""
READS_NO_CHUNKS = {"uwsgi-http", "uwsgi-http-socket"}
"""uWSGI hands a body without a length to apps by an interface of its own alone."""

KEEPS_QUOTED_SLASHES = {"cheroot"}
"""A ``%2F`` in a path stays one, which no WSGI app can tell from a slash otherwise."""
BELIEVES_ANYBODY = {"uwsgi-http", "uwsgi-http-socket"}
"""uWSGI takes the scheme from X-Forwarded-Proto, whoever sent it, and has no option against that."""
CUTS_OFF = {"daphne", "hypercorn", "uwsgi", "uwsgi-http", "uwsgi-http-socket", "werkzeug"}
"""Servers whose end does not wait for a request in flight; hypercorn's does until the first worker has ended."""


@pytest.fixture(scope="module", params=STARTED)
def served(request: pytest.FixtureRequest) -> Iterator[Served]:
    """The server on the app that proves it, once it answers; one that only a proxy can ask behind nginx."""
    proxy, _, name = request.param.rpartition("+")
    host = "::1" if has_ipv6() else "127.0.0.1"
    with stack(name, "contract:app", host=host, proxied=bool(proxy), path=None) as it:
        it.name = name
        wait_until_answers(it.server, it.address, within_s=20)
        yield it


def on_one_connection(served: Served, *requests: bytes) -> list[Response]:
    """Answers to requests that are sent one after another, as long as the server keeps the connection."""
    answers: list[Response] = []
    with connect(served.address) as connection:
        for request in requests:
            connection.sendall(request)
            answers.append(read_response(connection))
            if answers[-1].closes:
                assert connection.recv(1) == b"", "it said that it closes"
                break
    return answers


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()


def test_it_is_ready_and_has_its_workers(served: Served) -> None:
    """As many as it was told."""
    deadline = time.monotonic() + 10
    wanted = Stack(server=served.name, workers=2)
    while (count := count_workers(LocalHost(served.directory), wanted, served.server.process.pid)).found != count.asked:
        assert time.monotonic() < deadline, count
        time.sleep(0.05)


def test_as_many_clients_may_wait_as_the_kernel_allows(served: Served) -> None:
    """Up to the same number under each: it decides what a burst does. The kernel is asked, not the configuration."""
    assert isinstance(served.upstream, Tcp)
    wanted = min(BACKLOG, int(Path("/proc/sys/net/core/somaxconn").read_text()))
    found = waiting_at_most(served.upstream)
    assert (found != wanted) in may_be(served.name, ()), found


def test_what_is_asked_arrives(served: Served) -> None:
    """Path, query, method and headers, as they were sent and decoded once; slashes are nobody's to merge."""
    answer = send(
        served.address,
        "/a%20b//c%2Fd/%C3%A9?x=%20&y=a+b",
        method="PATCH",
        headers=[("Host", "shop.example"), ("X-Mine", "mine"), ("Cookie", "a=b")],
    )
    environ = json.loads(answer.body)["environ"]
    assert ("%2F" in environ["PATH_INFO"]) in may_be(served.name, KEEPS_QUOTED_SLASHES)
    path = environ["PATH_INFO"].replace("%2F", "/")
    # The latter is what WSGI makes of UTF-8.
    assert path in ("/a b//c/d/é", "/a b//c/d/Ã©")
    assert environ["QUERY_STRING"] == "x=%20&y=a+b"
    assert environ["REQUEST_METHOD"] == "PATCH"
    assert (environ["HTTP_HOST"], environ["HTTP_X_MINE"], environ["HTTP_COOKIE"]) == ("shop.example", "mine", "a=b")


def test_without_a_proxy_nobody_says_by_what_scheme_clients_ask(served: Served) -> None:
    """What whoever connects says of it is a header like any other; a proxy that stands before the server sets it."""
    answer = send(served.address, headers=[("Host", "localhost"), ("X-Forwarded-Proto", "https")])
    scheme = json.loads(answer.body)["environ"]["wsgi.url_scheme"]
    assert (scheme == "https") in may_be(served.name, BELIEVES_ANYBODY if served.proxy is None else ())


def test_it_keeps_connections_or_says_that_it_does_not(served: Served) -> None:
    """A client that means to reuse one never meets a closed one."""
    answers = on_one_connection(served, *(get("/") for _ in range(20)))
    assert [answer.status for answer in answers] == [200] * len(answers)
    assert (len(answers) == 1) in may_be(served.name, KEEPS_NONE)
    assert len(answers) in (1, 20)


def test_statuses_without_a_body_have_none(served: Served) -> None:
    """204, 304 and answers to HEAD: what comes next on the connection is the next answer."""
    for status in (204, 304):
        answers = on_one_connection(served, get(f"/status?{status}"), get("/bytes?3"))
        assert (answers[0].status, answers[0].body, answers[0].headers["X-Asked"]) == (status, b"", str(status))
        assert len(answers) == 1 or answers[1].body == bytes(3)
    with connect(served.address) as connection:
        connection.sendall(b"HEAD /bytes?5 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        head, _, body = b"".join(iter(lambda: connection.recv(65536), b"")).partition(b"\r\n\r\n")
    assert b"content-length: 5" in head.lower()
    assert body == b""


@pytest.mark.parametrize("count", [0, 1, MUCH])
def test_bodies_of_any_size_come_and_go(served: Served, count: int) -> None:
    """Both ways, to the byte."""
    down = send(served.address, f"/bytes?{count}", timeout_s=30)
    assert (down.status, down.body) == (200, bytes(count))
    up = send(served.address, "/sum", method="POST", body=bytes(count), timeout_s=30)
    expected = hashlib.sha256(bytes(count)).hexdigest()
    assert (up.status, up.body.decode()) == (200, f"{count} {expected}")


def test_a_response_without_a_length_ends(served: Served) -> None:
    """In chunks, or by closing the connection, and never by a guess of the client's."""
    answer, *_ = on_one_connection(served, get("/stream"))
    assert answer.body == b"one,two,three"
    assert answer.closes or answer.headers["Transfer-Encoding"] or answer.headers["Content-Length"]


def test_a_request_in_chunks_arrives_or_is_refused(served: Served) -> None:
    """Whole, or not at all: never in part."""
    head = b"POST /sum HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    with connect(served.address) as connection:
        connection.sendall(head + b"3\r\nabc\r\n5\r\ndefgh\r\n0\r\n\r\n")
        answer = read_response(connection)
    refused = answer.status >= 400 or answer.body.startswith(b"0 ")
    assert refused in may_be(served.name, READS_NO_CHUNKS)
    assert refused or answer.body.decode() == f"8 {hashlib.sha256(b'abcdefgh').hexdigest()}"


def test_a_client_that_asks_first_may_go_on(served: Served) -> None:
    """``Expect: 100-continue`` is answered, by a word to go on or by the answer itself."""
    head = b"POST /sum HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nExpect: 100-continue\r\n"
    with connect(served.address) as connection:
        connection.sendall(head + b"Connection: close\r\n\r\n")
        connection.settimeout(1)
        said = b""
        with contextlib.suppress(TimeoutError):
            said = connection.recv(65536)
        connection.settimeout(5)
        connection.sendall(b"abc")
        said += b"".join(iter(lambda: connection.recv(65536), b""))
    assert said.startswith((b"HTTP/1.1 100", b"HTTP/1.1 200", b"HTTP/1.0 200"))
    assert said.endswith(f"3 {hashlib.sha256(b'abc').hexdigest()}".encode())


def test_clients_that_leave_do_no_harm(served: Served) -> None:
    """In the middle of what they ask, and of what they are answered."""
    for request in (
        b"GET / HTT",
        b"POST /sum HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc",
        get(f"/bytes?{MUCH}"),
    ):
        for _ in range(3):
            with connect(served.address) as connection:
                connection.sendall(request)
                if b"bytes" in request:
                    connection.recv(1000)
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    assert [send(served.address, "/bytes?3").body for _ in range(8)] == [bytes(3)] * 8


def test_a_request_in_flight_is_answered_at_the_end(served: Served) -> None:
    """Its signal ends it in good order, within 2 s: the last of these tests, as there is no server after it."""
    with connect(served.address) as idle:
        idle.sendall(get("/"))
        assert read_response(idle).status == 200
        # Not before: a thread may wait for what a client says first, and be the only one of the worker that took both.
        with connect(served.address) as connection:
            connection.sendall(get("/slow?0.4"))
            time.sleep(0.2)
            took_s = served.server.stop(SERVERS.get(served.name).stop_signal)
            answered = None
            with contextlib.suppress(OSError, http.client.HTTPException):
                answered = read_response(connection).body
    assert answered == b"slow" or True in may_be(served.name, CUTS_OFF), served.server.said()
    assert took_s < 2, served.server.said()
    assert not listens(served.upstream)


@pytest.fixture(scope="module")
def flask() -> FlaskClient:
    return create_app("memory://").test_client()


@pytest.mark.parametrize("count", [100, pytest.param(1000, marks=pytest.mark.long)])
@pytest.mark.parametrize("name", SERVERS.names())
def test_behind_nginx_all_serve_the_same_bytes(name: str, count: int, flask: FlaskClient) -> None:
    """By a unix socket if it can, the quote server's pages of any ids: byte for byte what Flask makes of them."""
    env = {"QUOTES_STORE": "memory://"}
    bind = max(SERVERS.get(name).binds)
    with stack(name, "quoteserver.wsgi:app", proxied=True, bind=bind, path=None, env=env) as served:
        wait_until_answers(served.server, served.address, "/healthz", within_s=20)
        assert isinstance(served.address, Tcp)
        connection = http.client.HTTPConnection("127.0.0.1", served.address.port, timeout=10)
        for number in random.Random(name).sample(range(1, 8559), count):
            path = f"/quotes/byId?id={number}"
            connection.request("GET", path)
            answer = connection.getresponse()
            assert (answer.status, answer.read()) == (200, flask.get(path).data), path
        connection.close()
