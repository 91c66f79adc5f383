"""Every proxy that is here, before a server of each protocol that it speaks, by each kind of socket."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from support.serving import Served, before, programs_of, server
from support.started import until_answered
from wsgibench.model.proxy import Route
from wsgibench.proxies import PROXIES
from wsgibench.servers import SERVERS

SERVER_OF = {"http": "gunicorn-gthread", "uwsgi": "uwsgi"}
"""For each protocol a server that keeps connections where that can be, and takes chunks."""


@dataclass(frozen=True)
class Cell:
    """A proxy with a server behind it."""

    proxy: str
    program: str
    protocol: str
    bind: str


def _cells() -> Iterator[object]:
    """Where there are several programs of a proxy, each gets its turn."""
    for name in PROXIES.names():
        programs = programs_of(name)
        if not programs:
            reason = f"{name} is not here. {PROXIES.get(name).how_to_get}"
            yield pytest.param(None, id=name, marks=pytest.mark.skip(reason=reason))
            continue
        for protocol in sorted(PROXIES.get(name).protocols):
            binds = PROXIES.get(name).binds & SERVERS.get(SERVER_OF[protocol]).binds
            for place, bind in enumerate(sorted(binds)):
                cell = Cell(name, programs[place % len(programs)], protocol, bind)
                yield pytest.param(cell, id=f"{name}-{protocol}-{bind}")


@pytest.fixture(scope="session", params=_cells())
def proxied(request: pytest.FixtureRequest) -> Iterator[Served]:
    """The app ``framing`` behind a proxy, under ``/`` and ``/p/``; under ``/closed/`` its server is left each time."""
    cell = request.param
    name = SERVER_OF[cell.protocol]
    with server(name, "framing:app", bind=cell.bind, threads=8, proxied=True) as served:
        routes = tuple(
            Route(prefix=prefix, upstream=served.upstream, protocol=cell.protocol, keepalive=8)
            for prefix in ("/p/", "/")
        )
        closed = Route(prefix="/closed/", upstream=served.upstream, protocol=cell.protocol)
        with before((closed, *routes), served.directory, proxy=cell.proxy, program=cell.program) as (process, address):
            served.proxy, served.address = process, address
            served.protocol, served.proxy_name = cell.protocol, cell.proxy
            until_answered(served.server, address)
            yield served
