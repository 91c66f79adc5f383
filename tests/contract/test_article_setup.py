"""The article's setup, on real processes: what it repeats, what it does not, and that nobody comes to harm."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from support.command import APPS
from support.sockets import Trap, hops, listening, sends
from wsgibench.contract.started import connect, read_response, send
from wsgibench.deploy.deployment import deploy, start
from wsgibench.hosts import LocalHost
from wsgibench.model.address import Address, Tcp, Unix
from wsgibench.model.app import App
from wsgibench.model.setup import ARTICLE_SETUP, DEFAULT_SETUP, Setup
from wsgibench.model.stack import ARTICLE_STACKS, parse_stack
from wsgibench.processes.ports import free_ports
from wsgibench.processes.private_directory import PrivateDirectory

SETUPS = (ARTICLE_SETUP, DEFAULT_SETUP)
PROXIED = [name for name in ARTICLE_STACKS if name.startswith("nginx+")]
PAGE = "/quotes/byId?id=5"


@contextmanager
def up(name: str, setup: Setup) -> Iterator[tuple[Tcp, set[Address], Path]]:
    """A stack of the quote server: where clients reach it, all that it listens on, and its directory."""
    app = App(
        target="quoteserver.wsgi:app", directory=str(APPS), env=(("QUOTES_STORE", "memory://"),), check_paths=(PAGE,)
    )
    directory = PrivateDirectory()
    host = LocalHost(directory.path)
    place = directory.path / "stack"
    try:
        [listen] = free_ports(1)
        stack = parse_stack(name, bind=setup.bind)
        deployment = deploy(app, stack, group="stack", directory=place, listen=listen, setup=setup)
        host.start((), None, timeout_s=60)
        start(host, deployment, restart=False, timeout_s=60)
        yield listen, hops(listening(host.supervisor.processes())), place
    finally:
        host.stop()
        directory.remove()


@pytest.mark.parametrize("name", ARTICLE_STACKS)
def test_its_hops_use_tcp_and_are_safe(name: str, tmp_path: Path) -> None:
    """Hops that speak HTTP have ports of their own, those that speak uwsgi have not; no packet to a port runs code."""
    trap = Trap(tmp_path)
    with up(name, ARTICLE_SETUP) as (_, found, _):
        for address in found:
            if isinstance(address, Tcp):
                sends(address, trap.packet)
    assert not trap.sprung
    http = name in PROXIED and name != "nginx+uwsgi"
    assert len([each for each in found if isinstance(each, Tcp)]) == 1 + http
    assert len([each for each in found if isinstance(each, Unix)]) == ("uwsgi" in name)


@pytest.mark.parametrize("setup", SETUPS, ids=["article", "default"])
@pytest.mark.parametrize("name", PROXIED)
def test_nginx_compresses_and_logs_as_in_the_article_alone(name: str, setup: Setup) -> None:
    """For a client that takes gzip; one that does not has its answer as it is."""
    with up(name, setup) as (address, _, directory):
        squeezed = send(address, PAGE, headers=(("Host", "localhost"), ("Accept-Encoding", "gzip")))
        assert squeezed.headers["Content-Encoding"] == ("gzip" if setup.compression else None)
        assert send(address, PAGE).headers["Content-Encoding"] is None
        log = directory / "access.log"
        assert log.exists() == setup.access_log
        assert not setup.access_log or PAGE in log.read_text()


@pytest.mark.parametrize("setup", SETUPS, ids=["article", "default"])
def test_the_router_keeps_connections_but_in_the_article(setup: Setup) -> None:
    """A second request on the same connection is answered by default alone."""
    with up("uwsgi-http", setup) as (address, _, _), connect(address) as connection:
        asked = f"GET {PAGE} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
        connection.sendall(asked)
        assert read_response(connection).status == 200
        if setup.keep_alive:
            connection.sendall(asked)
            assert read_response(connection).status == 200
        else:
            assert connection.recv(1) == b""


@pytest.mark.parametrize("setup", SETUPS, ids=["article", "default"])
def test_nginx_keeps_connections_to_servers_but_in_the_article(setup: Setup) -> None:
    """Its configuration has idle connections to keep, or none."""
    with up("nginx+uwsgi-http", setup) as (_, _, directory):
        lines = [line.strip() for line in (directory / "nginx.conf").read_text().splitlines()]
    assert any(line.startswith("keepalive ") for line in lines) == setup.keep_alive
