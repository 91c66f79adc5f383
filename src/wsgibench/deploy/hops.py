"""Hops: the connections between two processes of a stack, proxy to server or router to workers.

The uwsgi protocol names files for uWSGI to execute (``UWSGI_FILE``), whoever sends it. So whoever reaches such a socket
of uWSGI's runs code as its server's user: on TCP every user of the machine, on a unix socket in a private directory
nobody else.
Nothing closes that door on TCP. uWSGI has no option against it; it opens files that a packet names (``UWSGI_POSTFILE``)
before its own routing could refuse the packet; TCP does not tell who is at the other end; what would keep others out (a
firewall's rule, a network of one's own) needs rights that few have, and cuts apps off from their stores.
"""

import os
import pwd
from collections.abc import Collection
from pathlib import Path

from wsgibench.errors import UsageError
from wsgibench.model.address import Address, Tcp, Unix
from wsgibench.model.proxy import Route
from wsgibench.model.setup import DEFAULT_SETUP, Setup
from wsgibench.model.stack import DIRECT, Stack
from wsgibench.processes.ports import free_ports
from wsgibench.servers import SERVERS

_UPSTREAM_KEEPALIVE = 32
"""Idle connections that a proxy worker keeps to a server: enough for all that a few workers can answer at once."""


def upstream_of(stack: Stack, directory: Path, *, besides: Collection[Tcp] = ()) -> Address:
    """A fresh address for the server of a proxied stack: a socket in the private directory, or a port; none of
    ``besides``.

    Raises:
        UsageError: the directory's path leaves a socket no room.
    """
    # One name for all servers: their paths are alike long, and fit everywhere or nowhere.
    return _address(stack, SERVERS.get(stack.server).protocol, directory / "server.sock", besides)


def inner_of(stack: Stack, directory: Path, *, besides: Collection[Tcp] = ()) -> Address | None:
    """A fresh address for the server's own processes, likewise; None where they need none."""
    protocol = SERVERS.get(stack.server).inner_protocol
    return None if protocol is None else _address(stack, protocol, directory / "router.sock", besides)


def _address(stack: Stack, protocol: str, path: Path, besides: Collection[Tcp]) -> Address:
    return free_ports(1, besides=besides)[0] if stack.goes_by(protocol) == "tcp" else Unix(path=str(path))


def route_to(stack: Stack, upstream: Address, prefix: str, *, setup: Setup = DEFAULT_SETUP) -> Route:
    """The proxy's way to the stack's server."""
    return Route(
        prefix=prefix,
        upstream=upstream,
        protocol=SERVERS.get(stack.server).protocol,
        keepalive=_UPSTREAM_KEEPALIVE if setup.keep_alive else 0,
    )


def danger_of(stack: Stack) -> str | None:
    """A sentence where a hop of the stack lets any user of this machine run code; else None."""
    server = SERVERS.get(stack.server)
    spoken = {server.inner_protocol, server.protocol if stack.proxy != DIRECT else None}
    if not server.runs_named_files or "uwsgi" not in spoken or stack.goes_by("uwsgi") != "tcp":
        return None
    return (
        f"'{stack.label}' speaks the uwsgi protocol on a TCP port, "
        f"by which any user of this machine can run code as {user_name()}."
    )


def refuse_danger(stack: Stack) -> None:
    """Refuse, as root, a stack that would hand root to every user of this machine.

    Raises:
        UsageError: it would.
    """
    danger = danger_of(stack)
    if danger and os.geteuid() == 0:
        raise UsageError(danger, "Leave ':tcp' out for private unix sockets, or be another user than root.")


def user_name(user: int | None = None) -> str:
    """The name of a user by number; else of whose rights this process has, while LOGNAME and USER may name another."""
    number = os.geteuid() if user is None else user
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:  # containers run users that no one has entered
        return f"user {number}"
