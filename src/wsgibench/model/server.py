"""What a server adapter is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from wsgibench.model.address import Address, Unix, is_loopback
from wsgibench.model.app import App
from wsgibench.model.record import Record
from wsgibench.model.version import is_before

BACKLOG = 2048
"""Clients that may wait to be accepted, if net.core.somaxconn allows as many: the same under each server, as it decides
what a burst does."""
CONNECTIONS = 2048
"""Those that each process has at a time, idle ones among them, under servers that bound them: beyond it clients wait
for others to leave."""


class Launch(Record, frozen=True, kw_only=True):
    """How a server is to run the app.

    Attributes:
        address: where it listens.
        directory: a private directory (0700) for its configuration, sockets and temporary files.
        proxied: whether exactly one trusted proxy stands before it.
        inner: where its own processes reach one another, if it has such a hop; None leaves that to a unix socket in its
            directory.
        keep_alive: whether it is told to keep connections where it would close each by itself.
        forwarded_proto: what whoever connects says of the scheme in X-Forwarded-Proto, and is to be believed; None
            where only a proxy's word counts.
        prefix: path below which the app is mounted, ``/shop``: its SCRIPT_NAME.
    """

    app: App
    address: Address
    directory: str
    workers: int
    threads: int
    proxied: bool = False
    inner: Address | None = None
    keep_alive: bool = True
    forwarded_proto: str | None = None
    prefix: str = ""

    @property
    def trusted(self) -> str | None:
        """Whose word about the client counts: an IP address, ``*`` for everybody's, None for nobody's.

        A unix socket's other end has no address; whoever reaches ours is this user.
        """
        if not self.proxied and self.forwarded_proto is None:
            return None
        if isinstance(self.address, Unix):
            return "*"
        # On loopback a connection comes from the address that it goes to. Elsewhere nobody knows who will ask.
        return self.address.host if is_loopback(self.address.host) else "*"


@dataclass(frozen=True, kw_only=True)
class Server:
    """Data about a server, and pure functions from a launch to what would run.

    Attributes:
        summary: one line for ``wsgibench list``.
        distribution: what provides it on the package index.
        needs: what else must be installed beside it, on the package index.
        at_least: the version of its distribution that it works from on, ``26.2.1``; empty for all.
        module: importable where that distribution is installed.
        argv: argument list that runs the app in the foreground.
        files: configuration files by absolute path, written before the start.
        interface: how it calls apps, ``wsgi`` or ``asgi``.
        env: environment variables that it needs beside the app's.
        reads: environment variables that configure it, each a name or a pattern (``UWSGI_*``). No stack gets them from
            the shell, or the shell would decide what is measured.
        protocol: what it speaks, ``http`` or ``uwsgi``.
        runs_named_files: whether whoever reaches it by the uwsgi protocol can have it run a file.
        inner_protocol: what its own processes speak to one another through a socket; None where they do not.
        binds: what it can listen on, of ``tcp`` and ``unix``.
        has_workers: whether ``workers`` makes processes.
        serves_alone: whether a single worker is its first process, and no child of it.
        forks_loaded: whether those are forked from one that has loaded the app.
        routers: processes that it starts beside its workers and that take connections, too.
        threads_at_least: from workers and threads, how many threads the kernel sees in each worker from its start on;
            None where they come with the requests.
        has_threads: whether ``threads`` means something to it.
        has_loop: whether each of its processes runs as many requests at a time as come, in one thread.
        stop_signal: ends it in good order.
        reload_signal: reloads the app gracefully; None where it cannot.
    """

    summary: str
    distribution: str
    module: str
    argv: Callable[[Launch], tuple[str, ...]]
    interface: str = "wsgi"
    needs: tuple[str, ...] = ()
    at_least: str = ""
    files: Callable[[Launch], dict[str, str]] = lambda _launch: {}
    env: Callable[[Launch], dict[str, str]] = lambda _launch: {}
    reads: tuple[str, ...] = ()
    protocol: str = "http"
    runs_named_files: bool = False
    inner_protocol: str | None = None
    binds: frozenset[str] = frozenset({"tcp", "unix"})
    has_workers: bool = True
    serves_alone: bool = False
    forks_loaded: bool = False
    routers: int = 0
    threads_at_least: Callable[[int, int], int | None] = lambda _workers, _threads: None
    has_threads: bool = False
    has_loop: bool = False
    stop_signal: str = "TERM"
    reload_signal: str | None = None

    def lacks(self, versions: Mapping[str, str | None]) -> tuple[str, ...]:
        """What is to be installed for it, as requirements, where these versions are (None for what is not)."""
        missing = [name for name in (self.distribution, *self.needs) if versions[name] is None]
        if self.is_too_old(versions[self.distribution]):
            missing.append(self.distribution)
        wanted = {self.distribution: f"{self.distribution}>={self.at_least}"} if self.at_least else {}
        return tuple(wanted.get(name, name) for name in missing)

    def is_too_old(self, version: str | None) -> bool:
        """Whether its distribution is there, in a version before the first that it works with."""
        return version is not None and is_before(version, self.at_least)

    def processes(self, workers: int) -> int:
        """How many run the app, started with so many workers."""
        return workers if self.has_workers else 1

    def threads_each(self, workers: int, threads: int) -> int | None:
        """Threads that run the app in each process, started with these; None for one for each connection."""
        if self.has_threads:
            return threads if self.has_workers else workers * threads
        return 1 if self.has_workers or self.has_loop else None

    def at_once(self, workers: int, threads: int) -> int | None:
        """How many requests it runs at a time, started with these; None for as many as come."""
        if self.has_threads:
            return workers * threads
        return workers if self.has_workers and not self.has_loop else None
