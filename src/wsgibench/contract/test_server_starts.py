"""What every server must do from its start to its end, by each kind of socket: a start for each claim."""

import json
import shutil
import signal
import socket
import time
from pathlib import Path

import psutil
import pytest

from quoteserver import create_app
from wsgibench.contract.choice import each, each_of
from wsgibench.contract.senders import Senders
from wsgibench.contract.serving import APPS, Served, app_for, server, stack
from wsgibench.contract.started import POLL_S, connect, fresh_address, listens, read_response, send
from wsgibench.model.server import Launch
from wsgibench.servers import SERVERS

NAMES = SERVERS.names()
BINDS = [(name, bind) for name in NAMES for bind in sorted(SERVERS.get(name).binds)]
HTTP = [(name, bind) for name, bind in BINDS if SERVERS.get(name).protocol == "http"]
STOP_WITHIN_S = 2
LOOPBACK = {"127.0.0.1", "::1"}


def worker_pids(served: Served) -> set[int]:
    """The processes that answer, from as many requests as two of them need to be seen; ten seconds at most."""
    pids: set[int] = set()
    deadline = time.monotonic() + 10
    while len(pids) < 2 and time.monotonic() < deadline:
        # Several at a time, or one worker may be fast enough for all.
        connections = [connect(served.address) for _ in range(8)]
        for connection in connections:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        for connection in connections:
            pids.add(json.loads(read_response(connection).body)["pid"])
            connection.close()
    return pids


@pytest.mark.parametrize(("name", "bind"), [each_of(*pair) for pair in HTTP])
def test_it_answers_directly(name: str, bind: str) -> None:
    """A server that speaks HTTP answers its clients itself, from the app's directory."""
    with stack(name, "echo:app", proxied=False, bind=bind) as served:
        answer = send(served.address, "/a/b?c=d", method="POST", body=b"hello")
        seen = json.loads(answer.body)
    assert (seen["environ"]["PATH_INFO"], seen["environ"]["QUERY_STRING"]) == ("/a/b", "c=d")
    assert seen["body"] == "hello"
    assert seen["directory"] == str(APPS)


@pytest.mark.parametrize(("name", "bind"), [each_of(*pair) for pair in BINDS])
def test_it_answers_behind_nginx(name: str, bind: str) -> None:
    """It answers through nginx by its own protocol, and learns who asked for what by which address."""
    with stack(name, "echo:app", proxied=True, bind=bind, prefix="/app/") as served:
        answer = send(served.address, "/app/a/b?c=d", headers=[("Host", "example.org:8080")])
    environ = json.loads(answer.body)["environ"]
    assert (environ["PATH_INFO"], environ["QUERY_STRING"]) == ("/a/b", "c=d")
    assert environ["HTTP_HOST"] == "example.org:8080"
    assert environ["HTTP_X_FORWARDED_PREFIX"] == "/app"
    assert environ["HTTP_X_FORWARDED_HOST"] == "example.org:8080"
    assert environ["HTTP_X_FORWARDED_PROTO"] == "http"
    assert environ["HTTP_X_FORWARDED_FOR"] == "127.0.0.1"


@pytest.mark.parametrize(("name", "bind"), [each_of(*pair) for pair in BINDS])
def test_it_stops_in_time(name: str, bind: str) -> None:
    """Its signal ends it with all its processes within 2 s, although clients hold connections open and idle."""
    with stack(name, "echo:app", bind=bind) as served:
        if SERVERS.get(name).has_workers:
            worker_pids(served)
        with connect(served.address) as used, connect(served.upstream):
            used.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert read_response(used).status == 200
            took_s = served.server.stop(SERVERS.get(name).stop_signal)
        assert took_s < STOP_WITHIN_S, served.server.said()
        assert not listens(served.upstream)


@pytest.mark.parametrize("name", each(NAMES))
def test_all_serve_the_same_bytes(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The quote server's page is byte for byte what Flask makes of it."""
    monkeypatch.setenv("QUOTES_STORE", "memory://")
    expected = create_app("memory://").test_client().get("/quotes/byId?id=5")
    assert expected.status_code == 200
    with stack(name, "quoteserver.wsgi:app", path="/healthz") as served:
        answer = send(served.address, "/quotes/byId?id=5")
    assert (answer.status, answer.body) == (200, expected.data)


@pytest.mark.parametrize("target", ["factory:create_app()", "factory:shop.app", "factory:shop.create_app()"])
@pytest.mark.parametrize("name", each(NAMES))
def test_it_finds_the_app(name: str, target: str) -> None:
    """An app that a factory makes, and one that is an attribute of something in the module, works on each server."""
    with stack(name, target) as served:
        assert send(served.address).body == b"made"


@pytest.mark.parametrize("name", each(name for name in NAMES if SERVERS.get(name).has_workers))
def test_it_has_its_workers(name: str) -> None:
    """Where workers are processes, two of them answer."""
    with stack(name, "echo:app", workers=2) as served:
        assert len(worker_pids(served)) == 2


@pytest.mark.parametrize("name", each(name for name in NAMES if SERVERS.get(name).reload_signal))
def test_its_signal_reloads_the_app_under_load(name: str, tmp_path: Path) -> None:
    """Who asks all the while is answered by the app as it was, and soon by it as it is now alone.

    Some lose a request meanwhile, which is for a measurement to say: uvicorn resets connections, uWSGI's router ends.
    """
    for file in ("factory.py", "asgi_factory.py", "asgi_of_wsgi.py"):
        shutil.copy(APPS / file, tmp_path)
    app, factory = app_for(name, "factory:create_app()", tmp_path), tmp_path / "factory.py"
    env = {"PYTHONDONTWRITEBYTECODE": "1"}
    with stack(name, app, env=env) as served, Senders(served.address) as senders:
        while len(senders.answers) < 50:
            time.sleep(POLL_S)
        factory.write_text(factory.read_text().replace("made", "anew"))
        served.server.process.send_signal(signal.Signals[f"SIG{SERVERS.get(name).reload_signal}"])
        deadline = time.monotonic() + 15
        while set(senders.answers[-30:]) != {b"anew"}:
            assert time.monotonic() < deadline, (senders.answers[-30:], served.server.said())
            time.sleep(POLL_S)
    assert {each for each in senders.answers if isinstance(each, bytes)} == {b"made", b"anew"}


@pytest.mark.parametrize("name", each(NAMES))
def test_workers_draw_different_random_numbers(name: str) -> None:
    """No two processes share the state of the random module, wherever the app was imported."""
    with stack(name, "random_number:app", workers=2) as served:
        first = dict(send(served.address).body.split() for _ in range(100))
    assert len(set(first.values())) == len(first)


@pytest.mark.parametrize("name", each(NAMES))
def test_only_loopback_can_reach_it(name: str) -> None:
    """Nothing listens on an address that other machines reach, whatever else the server opens."""
    with stack(name, "echo:app") as served:
        members = served.server.tree() + (served.proxy.tree() if served.proxy else [])
        open_to = {
            connection.laddr.ip
            for member in members
            for connection in member.net_connections("inet")
            if connection.status == psutil.CONN_LISTEN or connection.type == socket.SOCK_DGRAM
        }
    assert open_to
    assert open_to <= LOOPBACK


@pytest.mark.parametrize("target", ["raises_at_import:app", "not_callable:app", "no_such_module:app", "echo:absent"])
@pytest.mark.parametrize("name", each(NAMES))
def test_an_app_that_fails_is_never_served(name: str, target: str) -> None:
    """Within 5 s it has ended, or it answers with nothing but errors; and it stops in time."""
    with server(name, target) as served:
        deadline = time.monotonic() + 5
        while served.server.process.poll() is None and time.monotonic() < deadline:
            if listens(served.address) and SERVERS.get(name).protocol == "http":
                try:
                    assert send(served.address).status >= 500
                    break
                except OSError:
                    pass
            time.sleep(POLL_S)
        if served.server.process.poll() is None:
            assert served.server.stop(SERVERS.get(name).stop_signal) < STOP_WITHIN_S
        assert not listens(served.address)


@pytest.mark.parametrize("name", each(NAMES))
def test_it_writes_only_in_its_directory(name: str, tmp_path: Path) -> None:
    """Configuration files lie in the launch's private directory."""
    address = fresh_address("tcp", tmp_path)
    launch = Launch(
        app=app_for(name, "factory:shop.app"),
        address=address,
        directory=str(tmp_path),
        workers=2,
        threads=2,
    )
    assert all(path.startswith(f"{tmp_path}/") for path in SERVERS.get(name).files(launch))
