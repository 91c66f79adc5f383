"""What is installed, and how to get what is not."""

import shlex
import sys
from collections.abc import Iterator

from wsgibench.deploy.proxy_programs import proxy_program_of
from wsgibench.engines import ENGINES
from wsgibench.model.check import Check
from wsgibench.monitors import MONITORS
from wsgibench.processes.interpreter import versions_of
from wsgibench.processes.programs import find_program
from wsgibench.proxies import PROXIES
from wsgibench.servers import SERVERS

_STORES = {"sqlite": None, "memory": None, "elasticsearch": "elasticsearch"}


def look_at_parts(python: str) -> Iterator[Check]:
    """Servers of that interpreter's environment; proxies, engines, monitors and stores of this machine."""
    servers = {name: SERVERS.get(name) for name in SERVERS.names()}
    versions = versions_of({need for each in servers.values() for need in (each.distribution, *each.needs)}, python)
    for name, server in servers.items():
        version = versions[server.distribution]
        if missing := server.lacks(versions):
            old = f"{server.distribution} {version}, before {server.at_least}"
            yield _missing("server", name, missing, python, value=old if server.is_too_old(version) else "")
        else:
            yield _package("server", name, server.distribution, version, python)
    for name in PROXIES.names():
        yield _proxy(name)
    engines = {name: ENGINES.get(name).distribution for name in ENGINES.names()}
    versions = versions_of(set(engines.values()))
    for name, distribution in engines.items():
        yield _package("engine", name, distribution, versions[distribution], sys.executable)
    for name in MONITORS.names():
        yield _monitor(name)
    version = versions_of(["elasticsearch"])["elasticsearch"]
    for name, store_distribution in _STORES.items():
        if store_distribution is None:
            yield Check(topic="store", name=name, state="good", value="comes with the quote server")
        else:
            yield _package("store", name, store_distribution, version, sys.executable)


def _package(topic: str, name: str, distribution: str, version: str | None, python: str) -> Check:
    if version is None:
        return _missing(topic, name, (distribution,), python)
    return Check(topic=topic, name=name, state="good", value=f"{distribution} {version}")


def _missing(topic: str, name: str, requirements: tuple[str, ...], python: str, *, value: str = "") -> Check:
    advice = f"{python} -m pip install {shlex.join(requirements)}"
    return Check(
        topic=topic,
        name=name,
        state="missing",
        value=value or "not installed",
        advice=advice,
        requirements=requirements,
    )


def _proxy(name: str) -> Check:
    proxy = PROXIES.get(name)
    program = proxy_program_of(name)
    if program is None or program.is_too_old:
        return Check(
            topic="proxy",
            name=name,
            state="missing",
            value=f"{program.path} {program.version}, before {proxy.at_least}" if program else "not installed",
            advice=proxy.how_to_get,
            requirements=(proxy.distribution,) if proxy.distribution else (),
        )
    if program.version is None:
        return Check(
            topic="proxy",
            name=name,
            state="warning",
            value=f"{program.path} does not tell its version",
            advice=program.said.strip()[-200:],
        )
    return Check(topic="proxy", name=name, state="good", value=f"{program.version}, {program.path}")


def _monitor(name: str) -> Check:
    monitor = MONITORS.get(name)
    if monitor.program is None:
        return Check(topic="monitor", name=name, state="good", value="comes with wsgibench")
    program = find_program((monitor.program,))
    if program is None:
        return Check(
            topic="monitor",
            name=name,
            state="missing",
            value="not installed",
            advice=f"Only needed to watch as the article did: put {monitor.program} on PATH. psutil serves as well.",
        )
    return Check(topic="monitor", name=name, state="good", value=program)
