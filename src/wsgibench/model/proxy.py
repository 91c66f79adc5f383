"""What a proxy adapter is."""

from collections.abc import Callable
from dataclasses import dataclass

from wsgibench.model.address import Address, Tcp
from wsgibench.model.app import StaticFiles
from wsgibench.model.record import Record


class Route(Record, frozen=True, kw_only=True):
    """Requests under ``prefix`` go to the upstream, the prefix stripped.

    Attributes:
        prefix: ``/`` or ``/gunicorn/``.
        upstream: where the server listens.
        protocol: what the server speaks, ``http`` or ``uwsgi``.
        keepalive: idle connections kept to the upstream by each proxy worker; 0 closes each after its response.
    """

    prefix: str
    upstream: Address
    protocol: str = "http"
    keepalive: int = 0


class ProxyLaunch(Record, frozen=True, kw_only=True):
    """How a proxy is to run.

    Attributes:
        program: path of its binary.
        listen: where clients reach it.
        directory: a private directory (0700) for everything that it writes.
        user: the system user whose rights its workers keep, named where it starts as root; else None.
        workers: worker processes.
        compression: whether it compresses for clients that take it.
        access_log: whether it writes a line for each request.
        forwarded_proto: the scheme that it says clients use, ``https``; None for that which they do.
    """

    program: str
    listen: Tcp
    directory: str
    routes: tuple[Route, ...]
    static: tuple[StaticFiles, ...] = ()
    user: str | None = None
    workers: int = 1
    compression: bool = False
    access_log: bool = False
    forwarded_proto: str | None = None


@dataclass(frozen=True, kw_only=True)
class Proxy:
    """Data about a proxy, and pure functions from a launch to what would run.

    Attributes:
        programs: names of its binary, the preferred first.
        files: configuration files by absolute path, written before the start.
        check_argv: argument list that checks the configuration and exits.
        reads: environment variables that configure it, names or patterns; no stack gets them from the shell.
        version_argv: arguments that make the binary print its version.
    """

    summary: str
    distribution: str
    programs: tuple[str, ...]
    argv: Callable[[ProxyLaunch], tuple[str, ...]]
    files: Callable[[ProxyLaunch], dict[str, str]]
    check_argv: Callable[[ProxyLaunch], tuple[str, ...]]
    version_argv: tuple[str, ...] = ("-v",)
    reads: tuple[str, ...] = ()
    protocols: frozenset[str] = frozenset({"http"})
    stop_signal: str = "QUIT"
    reload_signal: str | None = "HUP"
