"""Ports on loopback."""

import errno
import socket
from collections.abc import Collection

from wsgibench.errors import MissingError, UsageError
from wsgibench.model.address import Tcp, family_of


def free_ports(count: int, host: str = "127.0.0.1", *, besides: Collection[Tcp] = ()) -> list[Tcp]:
    """So many different ports that the system says are free; none of ``besides``, where something is yet to listen.

    All are held until the last is found, so that none is given twice; between then and the start of what will listen
    there, somebody else could take one, and its start would fail with a clear error.

    Raises:
        MissingError: there are not as many.
    """
    held: list[socket.socket] = []
    try:
        for _ in range(count + len(besides)):
            held.append(socket.socket(family_of(host), socket.SOCK_STREAM))
            held[-1].bind((host, 0))
        ports = [each.getsockname()[1] for each in held]
        promised = {each.port for each in besides}
        return [Tcp(host=host, port=port) for port in ports if port not in promised][:count]
    except OSError as exc:
        raise MissingError(
            f"No port on {host} can be had: {(exc.strerror or str(exc)).lower()}.",
            "Connections that have ended keep theirs for a minute; sysctl net.ipv4.ip_local_port_range has more.",
        ) from exc
    finally:
        for each in held:
            each.close()


def listening_port(host: str, port: int, *, option: str = "--port") -> Tcp:
    """That port, or a free one where it is 0; ``option`` is where it was given.

    Raises:
        UsageError: it is taken, or not ours to take.
    """
    if not 0 <= port <= 65_535:
        raise UsageError(f"{port} is no port.", f"Give {option} a number from 0 to 65535; 0 takes any that is free.")
    with socket.socket(family_of(host), socket.SOCK_STREAM) as probe:
        # As servers do: otherwise a port that was in use a minute ago counts as taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as exc:
            taken = exc.errno in (errno.EADDRINUSE, errno.EACCES)
            raise UsageError(
                f"Port {port} on {host} cannot be used: {(exc.strerror or str(exc)).lower()}.",
                f"Choose another with {option}, or {option} 0 for any that is free."
                if taken
                else "Give --host an address of this machine, such as 127.0.0.1.",
            ) from exc
    return free_ports(1, host)[0] if port == 0 else Tcp(host=host, port=port)
