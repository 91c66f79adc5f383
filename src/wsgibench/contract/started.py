"""A program that a test starts, asks by HTTP, and ends with all that it started."""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from wsgibench.model.address import Address, Tcp, Unix
from wsgibench.proxies import PROXIES

POLL_S = 0.02
NOT_YET = {PROXIES.get(name).not_yet for name in PROXIES.names()}


@dataclass(frozen=True)
class Response:
    """An HTTP response; ``closes`` is whether it says, in whatever way, that the connection ends with it."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes
    closes: bool


@dataclass
class Started:
    """A process that leads a group, and the file that has what it said."""

    process: subprocess.Popen[bytes]
    log: Path

    def tree(self) -> list[psutil.Process]:
        """It and all its descendants that live."""
        try:
            root = psutil.Process(self.process.pid)
            return [root, *root.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def send(self, signal_name: str) -> None:
        """Sends the signal once all its processes wait for work, or after 2 s.

        In the milliseconds before, uWSGI's processes answer already but do not heed signals: about one in thirty is
        lost there.
        """
        deadline = time.monotonic() + 2
        while not all(waits(member) for member in self.tree()) and time.monotonic() < deadline:
            time.sleep(POLL_S)
        self.process.send_signal(signal.Signals[f"SIG{signal_name}"])

    def stop(self, signal_name: str) -> float:
        """Asks it to end; the seconds until it and its descendants were gone, at most 10."""
        tree = self.tree()
        self.send(signal_name)
        began = time.monotonic()
        self.process.wait(10)
        while alive := [member for member in tree if lives(member)]:
            assert time.monotonic() < began + 10, f"{alive} outlive it:\n{self.said()}"
            time.sleep(POLL_S)
        return time.monotonic() - began

    def said(self) -> str:
        return self.log.read_text(errors="replace")


def lives(process: psutil.Process) -> bool:
    """Whether it still runs; an ended one whose new parent has not asked for it yet does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def waits(process: psutil.Process) -> bool:
    """Whether it has nothing to do, or is gone."""
    try:
        return process.status() in (psutil.STATUS_SLEEPING, psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


def free_port() -> int:
    """A port that nobody has just now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def has_ipv6() -> bool:
    """Whether this machine has loopback by IPv6."""
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


@contextmanager
def started(
    argv: Sequence[str],
    *,
    directory: Path,
    log: Path,
    env: dict[str, str] | None = None,
    user: str | None = None,
) -> Iterator[Started]:
    """The program, in a group of its own that is killed when the block is left."""
    with log.open("wb") as output:
        if user:
            shutil.chown(log, user)
        process = subprocess.Popen(
            argv,
            cwd=directory,
            env={**os.environ, **(env or {})},
            user=user,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    it = Started(process, log)
    try:
        yield it
    finally:
        tree = it.tree()
        for member in tree:
            with suppress(psutil.NoSuchProcess):
                member.kill()
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def connect(address: Address, timeout_s: float = 5) -> socket.socket:
    """A connection to it."""
    if isinstance(address, Tcp):
        return socket.create_connection((address.host, address.port), timeout_s)
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(timeout_s)
    try:
        connection.connect(address.path)
    except OSError:
        connection.close()
        raise
    return connection


def send(
    address: Address,
    target: str | bytes = "/",
    *,
    method: str = "GET",
    headers: Sequence[tuple[str, str]] = (("Host", "localhost"),),
    body: bytes = b"",
    timeout_s: float = 5,
) -> Response:
    """The answer to a request whose bytes are exactly these, on a connection of its own."""
    target = target.encode() if isinstance(target, str) else target
    lines = [f"{name}: {value}" for name, value in (*headers, ("Connection", "close"))]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    with connect(address, timeout_s) as connection:
        head = method.encode() + b" " + target + b" HTTP/1.1\r\n" + "\r\n".join(lines).encode() + b"\r\n\r\n"
        connection.sendall(head + body)
        return read_response(connection, method)


def read_response(connection: socket.socket, method: str = "GET") -> Response:
    """The next response on a connection."""
    response = http.client.HTTPResponse(connection, method=method)
    try:
        response.begin()
        closes = response.will_close
        return Response(response.status, response.msg, response.read(), closes)
    finally:
        response.close()


def wait_until_answers(it: Started, address: Address, target: str = "/", *, within_s: float = 5) -> Response:
    """The first answer that is none of a proxy without its server."""
    deadline = time.monotonic() + within_s
    while True:
        try:
            answer = send(address, target, timeout_s=max(POLL_S, deadline - time.monotonic()))
            if answer.status not in (502, 503) and (answer.status, answer.body) not in NOT_YET:
                return answer
            problem: object = answer
        except (OSError, http.client.HTTPException) as exc:
            problem = exc
        assert it.process.poll() is None, f"it ended with {it.process.returncode}:\n{it.said()}"
        assert time.monotonic() < deadline, f"no answer within {within_s} s ({problem!r}):\n{it.said()}"
        time.sleep(POLL_S)


def listens(address: Address) -> bool:
    """Whether somebody accepts connections there."""
    with suppress(OSError), connect(address, 1):
        return True
    return False


def waiting_at_most(address: Tcp) -> int:
    """How many clients may wait there to be accepted, as the kernel says of each socket that listens; the least."""
    program = shutil.which("ss", path=os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin")))
    if program is None:
        pytest.skip("ss is not here, which asks the kernel for backlogs: install iproute2")
    argv = (program, "-Hltn", f"sport = :{address.port}")
    rows = subprocess.run(argv, capture_output=True, text=True, check=True).stdout.splitlines()
    return min(int(row.split()[2]) for row in rows)


def fresh_address(bind: str, directory: Path) -> Address:
    """Where nobody listens, by ``tcp``, ``tcp6`` or ``unix``."""
    if bind == "unix":
        return Unix(path=str(directory / "app.sock"))
    return Tcp(port=free_port(), host="::1" if bind == "tcp6" else "127.0.0.1")
