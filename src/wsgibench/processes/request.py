"""One request over HTTP, asked as a client would, that ends in time whatever the answer is."""

import contextlib
import http.client
import socket
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Self

from wsgibench.model.address import Address, Tcp

_ENCLOSING = ("POST", "PUT", "PATCH")
_BODILESS = (204, 304)
_BODY_MOST_BYTES = 64 << 20
_PIECE_BYTES = 64 << 10


UNREADABLE_HINT = (
    "Give pages that end with --path. If they do: an app may not set Transfer-Encoding, which is its server's to set."
)


@dataclass(frozen=True)
class Answer:
    """A response: its status, headers in lower case, and body."""

    status: int
    headers: dict[str, str]
    body: bytes


class _UnixConnection(http.client.HTTPConnection):
    """HTTP over a unix socket."""

    def __init__(self, path: str, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class UnreadableError(http.client.HTTPException):
    """An answer that began and cannot be had whole; its text is a clause about "its answer"."""


class _Deadline:
    """Ends a connection when its time is up, wherever it waits: the socket's own time-out begins anew at each byte."""

    def __init__(self, connection: socket.socket, seconds: float) -> None:
        self.passed = False
        self._connection = connection
        self._timer = threading.Timer(max(seconds, 0), self._end)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def _end(self) -> None:
        self.passed = True
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)


def ask(
    address: Address,
    path: str,
    *,
    timeout_s: float,
    method: str = "GET",
    headers: Iterable[tuple[str, str]] = (),
    body: str | None = None,
) -> Answer:
    """The answer to one request on a connection of its own, all of it within ``timeout_s`` seconds.

    A header that is given stands in place of ours.

    Raises:
        UnreadableError: an answer began, and does not end in time, breaks off, or is longer than 64 MiB.
        OSError, http.client.HTTPException: there was none.
    """
    end = time.monotonic() + timeout_s
    if isinstance(address, Tcp):
        connection = http.client.HTTPConnection(address.host, address.port, timeout=timeout_s)
    else:
        connection = _UnixConnection(address.path, timeout_s)
    content = (body or "").encode()
    ours = {"Host": "localhost", "Accept": "*/*", "Accept-Encoding": "identity", "Connection": "close"}
    if body is not None or method in _ENCLOSING:
        ours["Content-Length"] = str(len(content))
    given = tuple(headers)
    names = {name.lower() for name, _ in given}
    with contextlib.closing(connection):
        connection.connect()
        with _Deadline(connection.sock, end - time.monotonic()) as deadline:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in (*(header for header in ours.items() if header[0].lower() not in names), *given):
                connection.putheader(name, value.encode())
            connection.endheaders(content or None)
            with _response(connection, deadline) as response:
                return _read(response, deadline, timeout_s)


@contextlib.contextmanager
def _response(connection: http.client.HTTPConnection, deadline: _Deadline) -> Iterator[http.client.HTTPResponse]:
    """The response as far as its headers."""
    try:
        response = connection.getresponse()
    except http.client.RemoteDisconnected:
        if deadline.passed:
            raise TimeoutError("timed out") from None
        raise
    except http.client.HTTPException as exc:
        raise UnreadableError(f"its answer is no HTTP ({exc!r})") from exc
    with response:
        yield response


def _read(response: http.client.HTTPResponse, deadline: _Deadline, timeout_s: float) -> Answer:
    """The response to its end."""
    received = {name.lower(): value for name, value in response.getheaders()}
    pieces, length, problem = [], 0, ""
    try:
        while piece := response.read(_PIECE_BYTES):
            pieces.append(piece)
            length += len(piece)
            if length > _BODY_MOST_BYTES:
                raise UnreadableError(f"its answer is longer than {_BODY_MOST_BYTES >> 20} MiB")
    except (OSError, ValueError, http.client.IncompleteRead) as exc:
        problem = f"its answer cannot be read to its end ({exc})"
    # A length that was promised and did not come is no error of http.client's where it is read in pieces.
    if response.length and response.status not in _BODILESS:
        problem = problem or f"its answer breaks off, {response.length:,} bytes before its end"
    if deadline.passed:
        problem = f"its answer does not end within {timeout_s:.1f} s ({length:,} bytes came)"
    if problem:
        raise UnreadableError(problem)
    return Answer(response.status, received, b"".join(pieces))
