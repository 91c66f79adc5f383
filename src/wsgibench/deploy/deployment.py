"""A stack started: from its name to an app that answers."""

import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from wsgibench.deploy.app_kind import refuse_other_kind
from wsgibench.deploy.diagnosis import diagnosed, refuse_uncallable, require_alive
from wsgibench.deploy.hops import inner_of, refuse_danger, route_to, upstream_of, user_name
from wsgibench.deploy.proxy_programs import require_proxy
from wsgibench.deploy.requirements import called_by, check_configuration, check_stack
from wsgibench.errors import AnswerError, StartError
from wsgibench.hosts import Host
from wsgibench.model.address import Address, Tcp
from wsgibench.model.app import App
from wsgibench.model.load import Requests
from wsgibench.model.plan import START_TIMEOUT_S
from wsgibench.model.program import Program
from wsgibench.model.proxy import ProxyLaunch, Route
from wsgibench.model.server import Launch
from wsgibench.model.setup import DEFAULT_SETUP, Setup
from wsgibench.model.stack import DIRECT, Stack
from wsgibench.processes.readiness import wait_until_answers
from wsgibench.processes.request import PLAIN, Response
from wsgibench.proxies import PROXIES
from wsgibench.servers import SERVERS

_SAID_S = 0.4
"""Until what a server says of an answer stands in its log."""


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """What is started for a stack, and where it then answers.

    Attributes:
        group: name of its programs' group at supervisord.
        files: texts by absolute path, written before the start.
        directories: private, made before them.
        address: where clients reach it.
        behind: where its server listens, if a proxy stands before it.
    """

    group: str
    app: App
    programs: tuple[Program, ...]
    files: Mapping[str, str]
    address: Tcp
    behind: Address | None
    directories: tuple[Path, ...] = ()

    @property
    def not_yet(self) -> tuple[int, bytes] | None:
        """How its proxy answers while it does not know the way yet, as ``Proxy`` says."""
        return next((PROXIES.get(each.name).not_yet for each in self.programs if each.role == "proxy"), None)

    @property
    def static_by(self) -> str | None:
        """Who serves the static files that the app names: its proxy, by name, or ``app``; None where it names none."""
        if not self.app.static:
            return None
        proxies = [program.name for program in self.programs if program.role == "proxy"]
        return next((name for name in proxies if PROXIES.get(name).serves_static), "app")


def deploy(
    app: App,
    stack: Stack,
    *,
    group: str,
    directory: Path,
    listen: Tcp,
    proxy_workers: int = 1,
    setup: Setup = DEFAULT_SETUP,
) -> Deployment:
    """The deployment of a stack whose clients come to ``listen``; ``directory`` is private and gets its files.

    Raises:
        UsageError: the stack cannot be, or must not.
        MissingError: its proxy is not installed.
    """
    check_stack(stack)
    refuse_danger(stack)
    app = called_by(stack, app)
    if stack.proxy == DIRECT:
        program, files = server_program(app, stack, directory=directory, address=listen, setup=setup)
        return Deployment(
            group=group,
            app=app,
            programs=(program,),
            files=files,
            address=listen,
            behind=None,
            directories=(directory,),
        )
    upstream = upstream_of(stack, directory, besides=(listen,))
    server, files = server_program(app, stack, directory=directory, address=upstream, besides=(listen,), setup=setup)
    proxy, proxy_files = proxy_program(
        stack.proxy,
        app,
        directory=directory,
        listen=listen,
        routes=(route_to(stack, upstream, "/", setup=setup),),
        workers=proxy_workers,
        setup=setup,
    )
    return Deployment(
        group=group,
        app=app,
        programs=(server, proxy),
        files={**files, **proxy_files},
        address=listen,
        behind=upstream,
        directories=(directory,),
    )


def server_program(
    app: App,
    stack: Stack,
    *,
    directory: Path,
    address: Address,
    besides: Collection[Tcp] = (),
    setup: Setup = DEFAULT_SETUP,
) -> tuple[Program, dict[str, str]]:
    """The server's program and its files; the server opens none of the ports ``besides``."""
    server = SERVERS.get(stack.server)
    proxied = stack.proxy != DIRECT
    launch = Launch(
        app=app,
        address=address,
        directory=str(directory),
        workers=stack.workers,
        threads=stack.threads,
        proxied=proxied,
        inner=inner_of(stack, directory, besides=(*besides, *([address] if isinstance(address, Tcp) else []))),
        keep_alive=setup.keep_alive,
        forwarded_proto=setup.forwarded_proto,
        prefix=setup.prefix,
    )
    env = {**dict(app.env), **(dict(app.proxied_env) if proxied else {}), **server.env(launch)}
    program = Program(
        name=stack.server,
        role="server",
        argv=server.argv(launch),
        directory=app.directory,
        env=tuple(env.items()),
        stop_signal=server.stop_signal,
    )
    return program, server.files(launch)


def proxy_program(
    name: str,
    app: App,
    *,
    directory: Path,
    listen: Tcp,
    routes: tuple[Route, ...],
    workers: int,
    setup: Setup = DEFAULT_SETUP,
) -> tuple[Program, dict[str, str]]:
    """The proxy's program and its files; ``workers`` as many as it has cores, for a proxy that is told.

    Raises:
        MissingError: the proxy is not installed.
    """
    proxy = PROXIES.get(name)
    launch = ProxyLaunch(
        program=require_proxy(name),
        listen=listen,
        directory=str(directory),
        routes=routes,
        static=tuple(
            msgspec.structs.replace(each, prefix=setup.prefix + each.prefix)
            for each in (app.static if proxy.serves_static else ())
        ),
        # Workers of a proxy that root starts drop to nobody, who cannot enter a private directory.
        user=user_name() if os.geteuid() == 0 else None,
        workers=workers,
        compression=setup.compression,
        access_log=setup.access_log,
        forwarded_proto=setup.forwarded_proto,
    )
    program = Program(
        name=name,
        role="proxy",
        argv=proxy.argv(launch),
        directory=str(directory),
        env=tuple(proxy.env(launch).items()),
        stop_signal=proxy.stop_signal,
        check_argv=proxy.check_argv(launch),
    )
    return program, proxy.files(launch)


def start(
    host: Host,
    deployment: Deployment,
    *,
    restart: bool,
    timeout_s: float = START_TIMEOUT_S,
    like: Requests = PLAIN,
) -> Response:
    """The app's first answer once the deployment is up, to a request such as ``like``; nothing is left if that fails.

    Raises:
        AnswerError: the answer goes on and on.
        StartError: it does not come up; says why as well as can be found out.
        UsageError: the app is none for servers of its interface, on whatever stack.
    """
    for directory in deployment.directories:
        host.make_directory(directory)
    for path, text in deployment.files.items():
        host.write(Path(path), text)
    for program in deployment.programs:
        check_configuration(host, program)

    def logs() -> Iterator[str]:
        return (host.end_of_log(deployment.group, program.name) for program in deployment.programs)

    def check_alive() -> None:
        require_alive(host, deployment.group)
        refuse_other_kind(deployment.app, logs)

    try:
        host.add(deployment.group, deployment.programs, restart=restart)
        answer = wait_until_answers(
            deployment.address,
            deployment.app.check_paths[0],
            like=like,
            behind=deployment.behind,
            deadline_s=timeout_s,
            check_alive=check_alive,
            not_yet=deployment.not_yet,
        )
        if answer.status >= 500 and not like.is_right(answer.status):
            refuse_other_kind(deployment.app, logs, within_s=_SAID_S)
            refuse_uncallable(deployment.app, host, deployment.group)
    except AnswerError:
        host.remove(deployment.group)
        raise
    except StartError as exc:
        own = {each.port for each in (deployment.address, deployment.behind) if isinstance(each, Tcp)}
        raise diagnosed(exc, deployment.app, host, deployment.group, own=own, timeout_s=timeout_s) from exc
    except BaseException:
        host.remove(deployment.group)
        raise
    return answer
