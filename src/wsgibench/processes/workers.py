"""The processes of a server that take requests, as the kernel sees them (proc(5))."""

import contextlib
import re
from collections.abc import Iterable
from pathlib import Path

import psutil

_TCP_LISTEN = 0x0A
_UNIX_ACCEPTS = 0x10000
"""``__SO_ACCEPTCON``, the flag of a unix socket that listens."""
_SOCKET = "socket:["
_TCP_ROW = re.compile(rb"^ *\d+: \S+ \S+ (\w\w) \S+ \S+ \S+ +\d+ +\d+ (\d+)", re.MULTILINE)
_UNIX_ROW = re.compile(rb"^\w+: \w+ \w+ (\w{8}) \w+ \w+ +(\d+)", re.MULTILINE)
_ROWS = {"tcp": _TCP_ROW, "tcp6": _TCP_ROW, "unix": _UNIX_ROW}
"""State, or flags, and inode. Any user may name a unix socket by any bytes, line feeds among them: it is no text."""


def listening_children(pid: int) -> list[int]:
    """Children of a process that hold a listening socket: its workers, and routers that it starts.

    Commands that the app or the server started hold none; nor do zombies.
    """
    # Once for all: it lists every connection of the machine, those that have ended a minute ago among them.
    listening = _listening(pid)
    with contextlib.suppress(psutil.NoSuchProcess):
        return [child.pid for child in psutil.Process(pid).children() if _sockets(child.pid) & listening]
    return []


def listening_ports(pids: Iterable[int]) -> set[int]:
    """The TCP ports where any of these processes listens."""
    ports = set()
    for pid in pids:
        with contextlib.suppress(psutil.Error):
            for each in psutil.Process(pid).net_connections("tcp"):
                if each.status == psutil.CONN_LISTEN:
                    ports.add(each.laddr.port)
    return ports


def sockets_of(pid: int) -> int:
    """How many sockets it has open; 0 where it has ended."""
    return len(_sockets(pid))


def threads_of(pid: int) -> int:
    """How many threads it has, as the kernel counts; 0 where it has ended."""
    with contextlib.suppress(OSError):
        return len(list(Path(f"/proc/{pid}/task").iterdir()))
    return 0


def _sockets(pid: int) -> set[str]:
    """Inodes of its sockets."""
    found = set()
    with contextlib.suppress(OSError):
        for file in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                if (name := str(file.readlink())).startswith(_SOCKET):
                    found.add(name[len(_SOCKET) : -1])
    return found


def _listening(pid: int) -> set[str]:
    """Inodes of the listening sockets of its network namespace."""
    found = set()
    for family, row in _ROWS.items():
        with contextlib.suppress(OSError):
            listed = Path(f"/proc/{pid}/net/{family}").read_bytes()
            found |= {inode.decode() for state, inode in row.findall(listed) if _listens(family, int(state, 16))}
    return found


def _listens(family: str, state: int) -> bool:
    return bool(state & _UNIX_ACCEPTS) if family == "unix" else state == _TCP_LISTEN
