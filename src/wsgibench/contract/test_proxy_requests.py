"""What every proxy must do with requests and answers of every form, proved on real processes."""

import hashlib
import json
import os
import time
from contextlib import suppress
from http.client import HTTPException

import pytest

from wsgibench.contract.proxied import altered_by, connections_to, environ_of, told_by, told_by_nginx
from wsgibench.contract.serving import Served
from wsgibench.contract.started import POLL_S, connect, read_response, send
from wsgibench.model.address import Tcp
from wsgibench.model.proxy import BODY_BYTES

OTHERWISE = {("traefik", "http"): ("b'/p/a//b/",), ("apache", "uwsgi"): ("b'/p", "b'/a%2F", "b'/line%0A", "b'/%3Fb")}
"""Where a proxy does otherwise: Traefik strips no prefix of what has doubled slashes; Apache tells uWSGI of a prefix in
SCRIPT_NAME, and sends it no slashes, question marks or control characters that are percent-encoded."""

LONG = os.urandom(1 << 16) * (BODY_BYTES >> 16)


def test_paths_and_queries_arrive_whole(proxied: Served) -> None:
    """The app sees the path and the query that the client wrote, byte for byte, without the prefix."""
    known = OTHERWISE.get((proxied.proxy_name, proxied.protocol), ())
    assert [each for each in altered_by(proxied.address) if not each.startswith(known)] == []


def test_nothing_forged_passes(proxied: Served) -> None:
    """What a client claims about who and where it is, the app does not see; what the proxy knows, it does."""
    assert isinstance(proxied.address, Tcp)
    told = told_by(proxied.address)
    told.pop("HTTP_CONNECTION", None)
    assert told == told_by_nginx(proxied.address.port)
    assert environ_of(send(proxied.address)).get("HTTP_X_FORWARDED_PREFIX", "") == ""


def test_connections_to_the_server_are_kept_as_said(proxied: Served) -> None:
    """With keep-alive, no request needs a new one; without, each ends with its answer, as in the uwsgi protocol."""
    assert send(proxied.address).status == 200
    is_kept = proxied.protocol == "http"
    kept = connections_to(proxied.upstream) if is_kept else set()
    assert bool(kept) == is_kept
    for path in ("/", "/closed/"):
        assert {environ_of(send(proxied.address, path))["SERVER_PROTOCOL"] for _ in range(5)} == {"HTTP/1.1"}
        assert connections_to(proxied.upstream) >= kept or path == "/closed/"
        # One that is closed has ended some moments after its answer.
        until = time.monotonic() + 5
        while not connections_to(proxied.upstream) <= kept:
            assert time.monotonic() < until, (connections_to(proxied.upstream), kept)
            time.sleep(POLL_S)


def test_a_client_connection_is_kept(proxied: Served) -> None:
    """Request after request goes through one connection, beyond any default of 100 or 1000.

    They are what the proxy answers itself, so that servers have no part in it.
    """
    with connect(proxied.address) as connection:
        for _ in range(1100):
            connection.sendall(b"GET /p HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert read_response(connection).status == 301


def test_the_prefix_without_its_slash_leads_there(proxied: Served) -> None:
    """``/p`` is redirected to ``/p/`` on whatever host and port the client used."""
    answer = send(proxied.address, "/p")
    assert (answer.status, answer.headers["Location"].removeprefix("http://localhost")) == (301, "/p/")


@pytest.mark.parametrize("length", [0, 1, 70_000, BODY_BYTES])
def test_answers_come_whole(proxied: Served, length: int) -> None:
    """Of any length, byte for byte, as are those in chunks; nothing is compressed."""
    answer = send(proxied.address, f"/bytes/{length}", headers=(("Host", "localhost"), ("Accept-Encoding", "gzip")))
    assert (answer.status, answer.headers["Content-Encoding"]) == (200, None)
    assert answer.body == (bytes(range(256)) * (length // 256 + 1))[:length]
    assert send(proxied.address, "/pieces/5000").body == b"".join(b"%d\n" % number for number in range(5000))


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_bodies_arrive_whole(proxied: Served, method: str) -> None:
    """A body of every byte, by whatever method."""
    body = bytes(range(256)) * 200
    answer = send(proxied.address, "/p/x", method=method, body=body)
    assert environ_of(answer)["REQUEST_METHOD"] == method
    assert json.loads(answer.body)["body"].encode("latin-1") == body


@pytest.mark.parametrize("length", [0, 1, 70_000, BODY_BYTES])
def test_long_bodies_arrive_whole(proxied: Served, length: int) -> None:
    """Up to the longest that any proxy takes."""
    body = LONG[:length]
    seen = json.loads(send(proxied.address, "/digest", method="POST", body=body).body)
    assert seen == {"length": length, "sha256": hashlib.sha256(body).hexdigest()}


def test_a_longer_body_is_refused(proxied: Served) -> None:
    """With 413, or by the end of the connection while it is sent, which may come first."""
    with suppress(ConnectionError, HTTPException):
        assert send(proxied.address, "/digest", method="POST", body=LONG + b"x").status == 413


def test_a_body_in_chunks_arrives_whole(proxied: Served) -> None:
    """Though the client did not say how long it is."""
    if (proxied.proxy_name, proxied.protocol) == ("apache", "uwsgi"):
        pytest.skip("Apache does not tell uWSGI how long a body in chunks is")
    body = LONG[:200_000]
    with connect(proxied.address) as connection:
        connection.sendall(b"POST /digest HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
        for start in range(0, len(body), 9999):
            piece = body[start : start + 9999]
            connection.sendall(b"%x\r\n%b\r\n" % (len(piece), piece))
        connection.sendall(b"0\r\n\r\n")
        answer = read_response(connection)
    assert json.loads(answer.body) == {"length": len(body), "sha256": hashlib.sha256(body).hexdigest()}


def test_who_asks_whether_to_go_on_is_told(proxied: Served) -> None:
    """``100 Continue``, and after the body the answer, and no second one."""
    with connect(proxied.address) as connection:
        connection.sendall(
            b"POST /digest HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n"
        )
        said = connection.recv(25)
        assert said == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"hello")
        assert json.loads(read_response(connection).body)["length"] == 5


@pytest.mark.parametrize("prefix", ["", "/p"])
def test_answers_without_a_body_end(proxied: Served, prefix: str) -> None:
    """To HEAD, and with 204 and 304: the next request on the same connection is answered as ever."""
    with connect(proxied.address) as connection:

        def answer(method: str, path: str) -> tuple[int, bytes]:
            connection.sendall(f"{method} {prefix}{path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            found = read_response(connection, method)
            return found.status, found.body

        assert answer("HEAD", "/bytes/1000") == (200, b"")
        assert answer("HEAD", "/pieces/10") == (200, b"")
        assert answer("GET", "/status/204") == (204, b"")
        assert answer("GET", "/status/304") == (304, b"")
        assert answer("GET", "/bytes/3") == (200, b"\0\1\2")


def test_a_failure_of_the_app_is_not_tried_again(proxied: Served) -> None:
    """503 comes as it is, once."""
    assert send(proxied.address, "/status/503").status == 503


def test_a_client_that_leaves_takes_nothing_along(proxied: Served) -> None:
    """In the midst of its body, of an answer, or before it: others are served on, by the same processes."""
    assert proxied.proxy is not None
    before = {process.pid for process in proxied.proxy.tree()}
    for sent in (
        b"POST /digest HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\nabc",
        b"GET /slow/0.3 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        f"GET /bytes/{BODY_BYTES} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode(),
        b"GET / HT",
    ):
        for _ in range(3):
            with connect(proxied.address) as connection:
                connection.sendall(sent)
                if b"/bytes/" in sent:
                    connection.recv(1000)
    for _ in range(20):
        assert send(proxied.address, "/bytes/1").status == 200
    assert before <= {process.pid for process in proxied.proxy.tree()}
