"""Where something listens."""

import ipaddress
import os
import socket

from wsgibench.errors import UsageError
from wsgibench.model.record import Record

_UNIX_PATH_BYTES = 107
"""``sun_path`` has 108 with its closing zero: unix(7)."""


class Tcp(Record, tag="tcp", frozen=True, kw_only=True):
    """A TCP port. ``host`` is an IPv4 or IPv6 address without brackets."""

    port: int
    host: str = "127.0.0.1"

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class Unix(Record, tag="unix", frozen=True, kw_only=True):
    """A unix socket. Linux allows its path 107 bytes."""

    path: str

    def __post_init__(self) -> None:
        length = len(os.fsencode(self.path))
        if length > _UNIX_PATH_BYTES:
            raise UsageError(
                f"'{self.path}' is {length} bytes long, and the path of a unix socket has {_UNIX_PATH_BYTES} at most.",
                "Choose a directory with a shorter path, for example by TMPDIR=/tmp.",
            )

    def __str__(self) -> str:
        return f"unix:{self.path}"


Address = Tcp | Unix


def family_of(host: str) -> socket.AddressFamily:
    """That of sockets for an IP address without brackets."""
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def is_loopback(host: str) -> bool:
    """Whether the IP address is of this machine alone."""
    return ipaddress.ip_address(host).is_loopback
