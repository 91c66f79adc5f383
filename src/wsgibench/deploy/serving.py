"""One stack, served until somebody has enough of it."""

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from wsgibench.deploy.deployment import Deployment, deploy, start
from wsgibench.deploy.diagnosis import require_loading
from wsgibench.deploy.environment import built_environment
from wsgibench.deploy.hops import refuse_danger
from wsgibench.deploy.interfaces import with_interface
from wsgibench.deploy.preflight import remarks
from wsgibench.deploy.requirements import called_by, check_stack, refuse_idle_threads, require_installed
from wsgibench.errors import AnswerError, StartError, WsgibenchError
from wsgibench.hosts import Host, LocalHost
from wsgibench.model.address import Tcp
from wsgibench.model.app import App
from wsgibench.model.load import Requests
from wsgibench.model.setup import DEFAULT_SETUP, Setup, forwarding
from wsgibench.model.stack import Stack
from wsgibench.processes.interruption import undisturbed
from wsgibench.processes.liveness import Liveness
from wsgibench.processes.logs import tail
from wsgibench.processes.private_directory import PrivateDirectory
from wsgibench.processes.request import Response
from wsgibench.processes.supervisor import Supervisor
from wsgibench.processes.tracebacks import Tracebacks

_LOOK_S = 0.5


@dataclass(frozen=True)
class Served:
    """A stack that serves ``app`` at ``address``; ``remarks`` are lines about an answer that nobody meant."""

    address: Tcp
    app: App
    supervisor: Supervisor
    remarks: tuple[str, ...] = ()

    @property
    def logs(self) -> dict[str, Path]:
        """What each of its programs says, by its name; gone when it is stopped."""
        return {row.name: row.log for row in self.supervisor.status()}

    def watch(self) -> Iterator[str]:
        """A sentence for each restart as it happens, and each traceback once; ends never.

        Raises:
            WsgibenchError: a program has ended for good, or supervisord has.
        """
        seen: dict[str, int] = {}
        tracebacks = Tracebacks(self.logs.values())
        while True:
            rows, restarts = self.supervisor.status(), self.supervisor.restarts()
            if not rows and not self.supervisor.answers():
                raise WsgibenchError("supervisord has ended, and the stack with it.", "Somebody stopped it.")
            for row in rows:
                if row.state in ("FATAL", "EXITED", "STOPPED"):
                    raise WsgibenchError(f"'{row.name}' has ended ({row.state.lower()}).", tail(row.log, 8))
                if restarts.get(row.name, 0) > seen.get(row.name, 0):
                    seen[row.name] = restarts[row.name]
                    yield f"'{row.name}' ended and was started again ({seen[row.name]} so far). Its log: {row.log}"
            if all(row.state == "RUNNING" for row in rows):
                with Liveness([self.supervisor.pid, *(row.pid or 0 for row in rows)]) as alive:
                    while not alive.wait(_LOOK_S):
                        yield from tracebacks.new()
            yield from tracebacks.new()
            time.sleep(_LOOK_S)


def _started(host: Host, deployment: Deployment, asked: Requests, timeout_s: float) -> Response:
    try:
        return start(host, deployment, restart=True, timeout_s=timeout_s, like=asked)
    except AnswerError as exc:
        raise StartError(exc.message, exc.hint) from exc


@contextlib.contextmanager
def serving(
    app: App, stack: Stack, listen: Callable[[], Tcp], *, timeout_s: float, setup: Setup = DEFAULT_SETUP
) -> Iterator[Served]:
    """The stack, up and answering; stopped, and its files gone, when the context ends.

    Raises:
        UsageError: the stack cannot be, or its port is taken.
        MissingError: something that it needs is not installed.
        StartError: it does not come up.
    """
    check_stack(stack)
    refuse_idle_threads(stack)
    refuse_danger(stack)
    require_installed([(stack, app.python)])
    app = with_interface(app, [stack.server], timeout_s=timeout_s)
    if not app.interface:
        require_loading(app, timeout_s=timeout_s)
    app = called_by(stack, app)
    address = listen()
    directory = PrivateDirectory()
    host = LocalHost(directory.path)
    app = msgspec.structs.replace(app, check_paths=tuple(setup.prefix + path for path in app.check_paths))
    asked = Requests(paths=app.check_paths[:1], headers=forwarding(setup.forwarded_proto))
    try:
        deployment = deploy(
            app,
            stack,
            group="stack",
            directory=directory.path / "stack",
            listen=address,
            proxy_workers=len(host.cores),
            setup=setup,
        )
        host.start((), built_environment(), timeout_s=timeout_s)
        answer = _started(host, deployment, asked, timeout_s)
        yield Served(
            address, app, host.supervisor, () if asked.is_right(answer.status) else tuple(remarks(asked, answer))
        )
    finally:
        with undisturbed():
            host.stop()
            directory.remove()
