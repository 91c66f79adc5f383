"""What a stack, and the load on it, need to be there."""

import contextlib
import shlex
import sys
from collections.abc import Iterable, Mapping
from itertools import chain

from wsgibench.deploy.environment import built_environment
from wsgibench.deploy.proxy_programs import require_proxy
from wsgibench.engines import ENGINES
from wsgibench.errors import MissingError, StartError, UsageError
from wsgibench.hosts import Host
from wsgibench.model.app import App
from wsgibench.model.plan import Plan
from wsgibench.model.program import Program
from wsgibench.model.stack import DIRECT, Stack
from wsgibench.monitors import MONITORS
from wsgibench.processes.interpreter import versions_of
from wsgibench.processes.programs import find_program
from wsgibench.proxies import PROXIES
from wsgibench.servers import SERVERS

_CHECKED_S = 30.0
"""Until a configuration has been checked; on a calm machine that takes tens of milliseconds."""
_DIRECT_INSTEAD = {"uwsgi": "uwsgi-http"}


def check_stack(stack: Stack) -> None:
    """Refuse a stack that cannot be.

    Raises:
        UsageError: its server or proxy is unknown, or they do not go together.
    """
    server = SERVERS.get(stack.server)
    if stack.proxy != DIRECT:
        proxy = PROXIES.get(stack.proxy)
        if server.protocol not in proxy.protocols:
            raise UsageError(
                f"'{stack.proxy}' does not speak {server.protocol}, which is all that '{stack.server}' speaks.",
                "Choose another server, or another proxy.",
            )
        kind = stack.goes_by(server.protocol)
        if kind not in server.binds:
            raise UsageError(
                f"'{stack.server}' cannot listen on a {kind} socket.", f"Give it the suffix :{min(server.binds)}."
            )
        if kind not in proxy.binds:
            raise UsageError(
                f"'{stack.proxy}' cannot reach a server by a {kind} socket.",
                f"Give the stack the suffix :{min(proxy.binds)}.",
            )
    elif server.protocol != "http":
        raise UsageError(
            f"'{stack.server}' speaks the {server.protocol} protocol, so it stands only behind a proxy.",
            f"Write nginx+{stack.server}, or {_DIRECT_INSTEAD.get(stack.server, 'gunicorn')} to serve directly.",
        )
    elif server.inner_protocol is None and "unix" in stack.suffix.split(":"):
        raise UsageError(
            f"'{stack.label}' would listen on a unix socket, where clients do not reach it.",
            f"Write nginx+{stack.label}.",
        )


def called_by(stack: Stack, app: App) -> App:
    """The app as the stack's server calls it.

    Raises:
        UsageError: it cannot.
    """
    interface = SERVERS.get(stack.server).interface
    found = app.called_by(interface)
    if found is None:
        kind = {"asgi": "an ASGI", "wsgi": "a WSGI"}[app.interface]
        raise UsageError(
            f"'{stack.server}' serves {interface.upper()} apps, and '{app.target}' is {kind} app.",
            those_that_serve(app.interface),
        )
    return found


def those_that_serve(interface: str) -> str:
    """A hint: which servers call apps by that interface."""
    names = [name for name in SERVERS.names() if SERVERS.get(name).interface == interface]
    return f"These serve {interface.upper()} apps: {', '.join(names)}."


def refuse_idle_threads(stack: Stack) -> None:
    """Refuse a name that tells of threads where there are none: what stands in a table must be what ran.

    Raises:
        UsageError: the stack's server has none.
    """
    suffixes = stack.suffix.split(":")
    if stack.threads > 1 and f"t{stack.threads}" in suffixes and not SERVERS.get(stack.server).has_threads:
        threaded = [name for name in SERVERS.names() if name.startswith(f"{stack.server}-")]
        able = [name for name in threaded if SERVERS.get(name).has_threads] or ["gunicorn-gthread"]
        raise UsageError(
            f"'{stack.label}' has no {stack.threads} threads: '{stack.server}' has none to set.",
            f"Leave ':t{stack.threads}' out, or take {able[0]}:t{stack.threads}.",
        )


def is_there(stack: Stack, python: str) -> bool:
    """Whether the stack's server and proxy are installed."""
    with contextlib.suppress(MissingError):
        require_installed([(stack, python)])
        return True
    return False


def require_parts(plan: Plan, apps: Mapping[str, App]) -> None:
    """Refuse a plan of which something is not installed here; asked once, before anything is started.

    Raises:
        MissingError: which, and how to get it.
    """
    require_installed([(stack, apps[stack.variant].python) for stack in plan.stacks])
    require_engine(plan.engine)
    require_monitor(plan.monitor)
    if plan.sampler:
        require_sampler(plan.sampler)


def require_sampler(name: str) -> str:
    """Where the sampler's program is, on PATH or beside wsgibench.

    Raises:
        MissingError: it is not there.
    """
    program = find_program((name,))
    if program is None:
        raise MissingError(
            f"--profile {name} needs {name}, which is not on PATH.", f"{sys.executable} -m pip install {name}"
        )
    return program


def require_installed(stacks: Iterable[tuple[Stack, str]]) -> None:
    """Refuse stacks whose server is not installed for their interpreter, or whose proxy is not; each is asked once.

    Raises:
        MissingError: which, and how to get it.
    """
    wanted = list(stacks)
    for python in dict.fromkeys(python for _, python in wanted):
        names = dict.fromkeys(stack.server for stack, of in wanted if of == python)
        needed = {name: (SERVERS.get(name).distribution, *SERVERS.get(name).needs) for name in names}
        installed = versions_of(dict.fromkeys(chain.from_iterable(needed.values())), python)
        for name in needed:
            server = SERVERS.get(name)
            if missing := server.lacks(installed):
                version = installed[server.distribution]
                old = f"needs {server.distribution} {server.at_least} or later, and {python} has {version}"
                raise MissingError(
                    f"The server '{name}' {old if server.is_too_old(version) else f'is not installed for {python}'}.",
                    f"{python} -m pip install {shlex.join(missing)}",
                )
    for proxy in dict.fromkeys(stack.proxy for stack, _ in wanted if stack.proxy != DIRECT):
        require_proxy(proxy)


def check_configuration(host: Host, program: Program) -> None:
    """Refuse to start what the program's own checker refuses.

    Raises:
        StartError: with what the checker says.
    """
    if not program.check_argv:
        return
    env, directory = program.env, program.directory
    code, said = host.output_of(
        program.check_argv, timeout_s=_CHECKED_S, directory=directory, env=env, inherited=built_environment()
    )
    if code != 0:
        why = "refuses" if code is not None else f"does not say within {_CHECKED_S:g} s whether it takes"
        raise StartError(f"'{program.name}' {why} the configuration that is written for it.", said.strip()[-2000:])


def require_engine(name: str) -> None:
    """Refuse a load engine of which something is not installed here.

    Raises:
        MissingError: how to get it.
    """
    distribution = ENGINES.get(name).distribution
    if versions_of([distribution], sys.executable)[distribution] is None:
        raise MissingError(
            f"The engine '{name}' needs {distribution}, which is not installed.",
            f"{sys.executable} -m pip install {distribution}",
        )


def require_monitor(name: str) -> None:
    """Refuse a monitor whose program is not here.

    Raises:
        MissingError: what to take instead.
    """
    program = MONITORS.get(name).program
    if program is not None and find_program((program,)) is None:
        raise MissingError(f"The monitor '{name}' needs {program}, which is not on PATH.", "Use --monitor psutil.")
