"""Which adapters are held to the contract, and a proxy of each kind before a server of each protocol that it speaks."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from wsgibench.contract.plugin import adapter, names_of
from wsgibench.contract.serving import Served, before, not_here, programs_of, server
from wsgibench.contract.started import wait_until_answers
from wsgibench.model.proxy import Route
from wsgibench.proxies import PROXIES
from wsgibench.servers import SERVERS

SERVERS_OF = {"http": ("gunicorn-gthread",), "uwsgi": ("uwsgi", "gunicorn-uwsgi")}
"""For each protocol servers that keep connections where that can be, and take chunks; the first by every socket."""


def pytest_configure(config: pytest.Config) -> None:
    """What tests here are marked with, also where no configuration of ours is read."""
    config.addinivalue_line("markers", "long: takes minutes, and has a short form that runs without it")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is not about the adapter, if one is named."""
    wanted = adapter(config)
    if wanted is None:
        return
    names = names_of(wanted)
    chosen = [item for item in items if not names.get(_kind_of(item), set()).isdisjoint(_about(item))]
    config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
    items[:] = chosen


def _kind_of(item: pytest.Item) -> str:
    return item.path.stem.split("_")[1]


def _about(item: pytest.Item) -> set[str]:
    """Words that it is parametrised with, the adapter's name among them."""
    callspec = getattr(item, "callspec", None)
    given = [getattr(each, "proxy", each) for each in callspec.params.values()] if callspec else []
    return {part for each in given if isinstance(each, str) for part in each.split("+")}


@dataclass(frozen=True)
class Cell:
    """A proxy with a server behind it."""

    proxy: str
    server: str
    program: str
    protocol: str
    bind: str


def _cells() -> Iterator[object]:
    """Where there are several programs of a proxy, each gets its turn."""
    for name in PROXIES.names():
        programs = programs_of(name)
        if not programs:
            yield pytest.param(Cell(name, "", "", "", ""), id=name, marks=pytest.mark.skip(reason=not_here(name)))
            continue
        for protocol in sorted(PROXIES.get(name).protocols):
            for order, behind in enumerate(SERVERS_OF[protocol]):
                binds = PROXIES.get(name).binds & SERVERS.get(behind).binds
                for place, bind in enumerate(sorted(binds)):
                    cell = Cell(name, behind, programs[place % len(programs)], protocol, bind)
                    marks = [pytest.mark.long] if order and bind != max(binds) else []
                    yield pytest.param(cell, id=f"{name}-{behind if order else protocol}-{bind}", marks=marks)


@pytest.fixture(scope="session", params=_cells())
def proxied(request: pytest.FixtureRequest) -> Iterator[Served]:
    """The app ``framing`` behind a proxy, under ``/`` and ``/p/``; under ``/closed/`` its server is left each time."""
    cell: Cell = request.param
    with server(cell.server, "framing:app", bind=cell.bind, threads=8, proxied=True) as served:
        routes = tuple(
            Route(prefix=prefix, upstream=served.upstream, protocol=cell.protocol, keepalive=8)
            for prefix in ("/p/", "/")
        )
        closed = Route(prefix="/closed/", upstream=served.upstream, protocol=cell.protocol)
        with before((closed, *routes), served.directory, proxy=cell.proxy, program=cell.program) as (process, address):
            served.proxy, served.address = process, address
            served.protocol, served.proxy_name = cell.protocol, cell.proxy
            wait_until_answers(served.server, address)
            yield served
