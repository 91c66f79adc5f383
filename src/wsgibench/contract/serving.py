"""Servers and proxies as their adapters describe them, on the apps that prove them."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from wsgibench.contract.choice import IN_SHORT
from wsgibench.contract.started import Started, free_port, fresh_address, started, wait_until_answers
from wsgibench.deploy.proxy_programs import proxy_program_of
from wsgibench.model.address import Address, Tcp
from wsgibench.model.app import App
from wsgibench.model.proxy import Proxy, ProxyLaunch, Route
from wsgibench.model.server import Launch
from wsgibench.processes.interpreter import versions_of
from wsgibench.proxies import PROXIES
from wsgibench.servers import SERVERS

APPS = Path(__file__).parent / "apps"


def programs_of(proxy: str) -> list[str]:
    """Path of each program here that is the proxy, and not too old to be."""
    found = [proxy_program_of(proxy, [name]) for name in PROXIES.get(proxy).programs]
    return [program.path for program in found if program and not program.is_too_old]


def not_here(proxy: str) -> str:
    """Why tests of it are skipped."""
    return f"{proxy} is not here. {PROXIES.get(proxy).how_to_get}"


def each_proxy(wanted: Callable[[Proxy, str], object] = lambda _proxy, _program: True) -> pytest.MarkDecorator:
    """Each proxy of the registry, with each of its programs here, that is wanted; one that is not here is skipped."""
    found = []
    for name in PROXIES.names():
        programs = programs_of(name)
        found += [
            pytest.param(name, program, id=f"{name}-{place}")
            for place, program in enumerate(programs)
            if wanted(PROXIES.get(name), program)
        ]
        if not programs:
            found.append(pytest.param(name, "", id=name, marks=pytest.mark.skip(reason=not_here(name))))
    return pytest.mark.parametrize(("name", "program"), found)


@dataclass
class Served:
    """A server that runs, perhaps behind a proxy; ``address`` is where clients ask, ``upstream`` the server's own."""

    server: Started
    address: Address
    upstream: Address
    directory: Path
    proxy: Started | None = None
    name: str = ""
    protocol: str = "http"
    proxy_name: str = ""


@contextmanager
def private_directory() -> Iterator[Path]:
    """A directory whose path leaves room for a socket's name."""
    directory = Path(tempfile.mkdtemp(prefix="wb-"))
    try:
        yield directory
    finally:
        shutil.rmtree(directory)


def write(files: dict[str, str]) -> None:
    for path, text in files.items():
        Path(path).write_text(text)


def app_for(name: str, target: str, directory: Path = APPS) -> App:
    """The app that a test names, in the form that the server calls: for ASGI that of its twin, if it has one.

    The twin of ``hello`` is ``asgi_hello``, that of ``shop.wsgi`` is ``shop.asgi``.
    """
    interface = SERVERS.get(name).interface
    if interface == "asgi":
        module, _, attribute = target.partition(":")
        if module.endswith(".wsgi"):
            module = f"{module.removesuffix('.wsgi')}.asgi"
        elif (directory / f"asgi_{module}.py").exists():
            module = f"asgi_{module}"
        target = f"{module}:{attribute}"
    return App(target=target, directory=str(directory), interface=interface)


@contextmanager
def server(
    name: str,
    target: str | App,
    *,
    bind: str = "tcp",
    workers: int = 2,
    threads: int = 1,
    env: dict[str, str] | None = None,
    proxied: bool = False,
    host: str = "127.0.0.1",
) -> Iterator[Served]:
    """The server on an app, one of ``apps`` by its target; whether it answers is for the test to find out."""
    adapter = SERVERS.get(name)
    if missing := adapter.lacks(versions_of((adapter.distribution, *adapter.needs))):
        pytest.skip(f"{name} is not here: pip install {' '.join(missing)}")
    with private_directory() as directory:
        launch = Launch(
            app=target if isinstance(target, App) else app_for(name, target),
            address=Tcp(port=free_port(), host=host) if bind == "tcp" else fresh_address(bind, directory),
            directory=str(directory),
            workers=workers,
            threads=threads,
            proxied=proxied,
        )
        write(adapter.files(launch))
        log = directory / "server.log"
        environment = {**(env or {}), **adapter.env(launch)}
        with started(adapter.argv(launch), directory=Path(launch.app.directory), log=log, env=environment) as process:
            yield Served(process, launch.address, launch.address, directory)


@contextmanager
def before(
    routes: tuple[Route, ...], directory: Path, *, proxy: str = "nginx", program: str = "", user: str = "", **more: Any
) -> Iterator[tuple[Started, Tcp]]:
    """A proxy before servers, just started; with the rights of another user where one is named."""
    adapter = PROXIES.get(proxy)
    program = program or next(iter(programs_of(proxy)), "")
    if not program:
        pytest.skip(not_here(proxy))
    launch = ProxyLaunch(
        program=program,
        listen=more.pop("listen", None) or Tcp(port=free_port()),
        directory=str(directory),
        routes=routes,
        user=None if user or os.getuid() else Path(directory).owner(),
        **more,
    )
    write(adapter.files(launch))
    with started(
        adapter.argv(launch),
        directory=directory,
        log=directory / f"{proxy}.log",
        env=adapter.env(launch),
        user=user or None,
    ) as process:
        yield process, launch.listen


@contextmanager
def stack(
    name: str,
    target: str | App,
    *,
    proxied: bool | None = None,
    bind: str = "tcp",
    prefix: str = "/",
    path: str | None = "/",
    **more: Any,
) -> Iterator[Served]:
    """The server, behind nginx where it must or shall be, once it answers for the path, if there is one to ask."""
    protocol = SERVERS.get(name).protocol
    if proxied is None:
        proxied = protocol != "http"
    with ExitStack() as exits:
        served = exits.enter_context(server(name, target, bind=bind, proxied=proxied, **more))
        if proxied:
            route = Route(prefix=prefix, upstream=served.upstream, protocol=protocol, keepalive=8)
            served.proxy, served.address = exits.enter_context(before((route,), served.directory))
        if path:
            way = prefix.removesuffix("/") if proxied else ""
            # Some start an interpreter for each worker: seconds of CPU.
            wait_until_answers(served.server, served.address, way + path, within_s=5 if name in IN_SHORT else 20)
        yield served
