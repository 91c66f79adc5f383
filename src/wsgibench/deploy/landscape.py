"""The article's landscape: all its servers under one supervisord, behind one nginx, until ``down``."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from wsgibench.as_json import as_json
from wsgibench.deploy.deployment import Deployment, proxy_program, server_program, start
from wsgibench.deploy.diagnosis import require_alive
from wsgibench.deploy.environment import built_environment
from wsgibench.deploy.hops import route_to, upstream_of
from wsgibench.deploy.requirements import require_installed
from wsgibench.errors import MissingError, UsageError
from wsgibench.hosts import Host, LocalHost
from wsgibench.model.address import Tcp
from wsgibench.model.app import App
from wsgibench.model.record import Record
from wsgibench.model.stack import Stack
from wsgibench.processes.interruption import undisturbed
from wsgibench.processes.private_directory import PrivateDirectory
from wsgibench.processes.readiness import wait_until_answers
from wsgibench.processes.supervisor import Supervisor
from wsgibench.processes.supervisord_client import ProgramStatus

SERVERS_OF_THE_ARTICLE = ("gunicorn", "uwsgi", "uwsgi-http", "werkzeug")
PROXY = "nginx"
_GROUP = "landscape"


class Landscape(Record, frozen=True, kw_only=True):
    """What is up: where clients reach it, and the private directory of its supervisord."""

    address: Tcp
    directory: str
    prefixes: tuple[str, ...]

    @property
    def supervisor(self) -> Supervisor:
        """Its supervisord."""
        return Supervisor(Path(self.directory))


def up(app: App, *, workers: int, threads: int, listen: Tcp, timeout_s: float) -> Landscape:
    """Start all; returns when each server answers through the proxy, and leaves them running.

    Raises:
        UsageError: one is up already.
        MissingError: something that it needs is not installed.
        StartError: one did not come up; then nothing is left.
    """
    with _alone():
        if current() is not None:
            raise UsageError("The landscape is up already.", "wsgibench status shows it, wsgibench down stops it.")
        directory = PrivateDirectory(kept=True)
        host = LocalHost(directory.path)
        supervisor = host.supervisor
        try:
            deployment, prefixes = _deployment(app, host, directory.path, listen, workers=workers, threads=threads)
            supervisor.start(attached=False, env=built_environment(), timeout_s=timeout_s)
            start(host, deployment, restart=True, timeout_s=timeout_s)
            for prefix in prefixes[1:]:
                path = prefix.rstrip("/") + app.check_paths[0]
                wait_until_answers(
                    listen,
                    path,
                    behind=listen,
                    deadline_s=timeout_s,
                    check_alive=lambda: require_alive(host, _GROUP),
                )
            landscape = Landscape(address=listen, directory=str(directory.path), prefixes=prefixes)
            _write(landscape)
            directory.settle()
        except BaseException:
            with undisturbed():
                supervisor.stop()
                directory.remove()
            raise
    return landscape


def current() -> Landscape | None:
    """What is up; None where nothing is. Forgets one whose supervisord is gone."""
    try:
        landscape = msgspec.json.decode(_note().read_bytes(), type=Landscape)
    except (OSError, msgspec.DecodeError):
        return None
    if not landscape.supervisor.answers():
        _forget(landscape)
        return None
    return landscape


def status(landscape: Landscape) -> list[ProgramStatus]:
    """Its programs."""
    return landscape.supervisor.status()


def down() -> bool:
    """Stop what is up; False where nothing was."""
    with _alone():
        landscape = current()
        if landscape is None:
            return False
        with undisturbed():
            landscape.supervisor.stop()
            _forget(landscape)
    return True


def _deployment(
    app: App, host: Host, directory: Path, listen: Tcp, *, workers: int, threads: int
) -> tuple[Deployment, tuple[str, ...]]:
    """All servers and their proxy as one group, and the prefixes under which they are reached.

    The group's readiness is asked of its first server; ``up`` then asks the others.
    """
    programs, routes, files = [], [], {}
    require_installed((Stack(server=name, proxy=PROXY), app.python) for name in SERVERS_OF_THE_ARTICLE)
    for name in SERVERS_OF_THE_ARTICLE:
        folder = directory / name
        stack = Stack(server=name, proxy=PROXY, workers=workers, threads=threads)
        upstream = upstream_of(stack, folder)
        program, texts = server_program(app, stack, directory=folder, address=upstream)
        programs.append(program)
        routes.append(route_to(stack, upstream, f"/{name}/"))
        files.update(texts)
    folder = directory / PROXY
    proxy, texts = proxy_program(
        PROXY, app, directory=folder, listen=listen, routes=tuple(routes), workers=len(host.cores)
    )
    first = routes[0]
    asked = msgspec.structs.replace(app, check_paths=(first.prefix.rstrip("/") + app.check_paths[0],))
    deployment = Deployment(
        group=_GROUP,
        app=asked,
        programs=(*programs, proxy),
        files={**files, **texts},
        address=listen,
        behind=first.upstream,
        directories=tuple(directory / name for name in (*SERVERS_OF_THE_ARTICLE, PROXY)),
    )
    return deployment, tuple(route.prefix for route in routes)


def _state_directory() -> Path:
    try:
        base = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
        directory = Path(base) / "wsgibench"
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (OSError, RuntimeError) as exc:  # the latter of a user without a home
        raise MissingError(
            f"There is no place for what is up: {exc}.", "Set XDG_STATE_HOME to a directory of yours."
        ) from exc
    return directory


def _note() -> Path:
    """The file that says what is up."""
    return _state_directory() / "up.json"


def _write(landscape: Landscape) -> None:
    note = _note()
    part = note.with_suffix(".part")
    part.write_bytes(as_json(landscape))
    part.replace(note)


def _forget(landscape: Landscape) -> None:
    PrivateDirectory.remove_kept(Path(landscape.directory))
    _note().unlink(missing_ok=True)


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """One ``up`` or ``down`` at a time."""
    with (_state_directory() / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
