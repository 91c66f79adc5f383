"""Sockets as the kernel lists them, and packets sent to them."""

import struct
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from wsgibench.model.address import Address, Tcp, Unix

NOBODY = 65534
_LISTENING_TCP = "0A"
_LISTENING_UNIX = 0x10000
"""``__SO_ACCEPTCON``, as /proc/net/unix shows it."""

_REFUSED = 13
_SEND = f"""
import os, socket, sys
where, packet, user = sys.argv[1], bytes.fromhex(sys.argv[2]), int(sys.argv[3])
by_path = not where.isdigit()
connection = socket.socket(socket.AF_UNIX if by_path else socket.AF_INET)
connection.settimeout(3)
if user:
    os.setgroups([])
    os.setgid(user)
    os.setuid(user)
try:
    connection.connect(where if by_path else ("127.0.0.1", int(where)))
except PermissionError:
    sys.exit({_REFUSED})
try:
    connection.sendall(packet)
    connection.shutdown(socket.SHUT_WR)  # or whoever speaks another protocol waits for the rest
    while packet and connection.recv(65536):
        pass
except (TimeoutError, ConnectionError):
    pass
"""


def listening(pids: Iterable[int]) -> set[Address]:
    """Where these processes await connections. Abstract unix sockets, open to all, have paths that begin with ``@``."""
    inodes = {inode for pid in pids for inode in _sockets_of(pid)}
    found: set[Address] = set()
    for table, host in (("tcp", "127.0.0.1"), ("tcp6", "::1")):
        for row in _rows(table):
            if row[3] == _LISTENING_TCP and row[9] in inodes:
                found.add(Tcp(host=host, port=int(row[1].rpartition(":")[2], 16)))
    for row in _rows("unix"):
        if int(row[3], 16) & _LISTENING_UNIX and row[6] in inodes:
            found.add(Unix(path=row[7]))
    return found


def hops(found: Iterable[Address]) -> set[Address]:
    """Without supervisord's own socket, which it makes under another name."""
    return {each for each in found if not (isinstance(each, Unix) and "/supervisor.sock" in each.path)}


class Trap:
    """A file that, executed, leaves a mark; and the packet that has uWSGI execute it."""

    def __init__(self, directory: Path) -> None:
        self._mark = directory / "mark"
        script = directory / "trap.py"
        script.write_text(f"open({str(self._mark)!r}, 'w').close()\ndef application(*_): return []\n")
        self.packet = _running_code(script)

    @property
    def sprung(self) -> bool:
        """Whether it was executed."""
        return self._mark.exists()


def _running_code(script: Path) -> bytes:
    """A packet of the uwsgi protocol that asks uWSGI to execute the file."""
    names = {
        "REQUEST_METHOD": "GET",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "PATH_INFO": "/",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "QUERY_STRING": "",
        "UWSGI_FILE": str(script),
        "UWSGI_APPID": str(script),
    }
    words = [word.encode() for name_and_value in names.items() for word in name_and_value]
    variables = b"".join(struct.pack("<H", len(word)) + word for word in words)
    return struct.pack("<BHB", 0, len(variables), 0) + variables


def sends(address: Address, packet: bytes, *, user: int = 0) -> bool:
    """Whether the user, or we, may connect and send the packet; returns when it is answered, 3 s later at most."""
    where = address.path if isinstance(address, Unix) else str(address.port)
    argv = (sys.executable, "-c", _SEND, where, packet.hex(), str(user))
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.returncode in (0, _REFUSED), done.stderr
    return done.returncode == 0


def _sockets_of(pid: int) -> Iterable[str]:
    with suppress(FileNotFoundError):
        for descriptor in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(FileNotFoundError):
                target = str(descriptor.readlink())
                if target.startswith("socket:["):
                    yield target[8:-1]


def _rows(table: str) -> list[list[str]]:
    """The lines of a table below /proc/net, but for its head; a path that is missing is empty."""
    lines = Path(f"/proc/net/{table}").read_text().splitlines()[1:]
    return [[*line.split(), ""] for line in lines]
