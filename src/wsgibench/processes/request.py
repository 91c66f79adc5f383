"""One request over HTTP, the same as a load engine sends, that ends in time whatever the answer is."""

import contextlib
import http.client
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Self

from wsgibench.model.address import Address, Tcp
from wsgibench.model.engine import HOST
from wsgibench.model.load import Requests

PLAIN = Requests(paths=("/",))
"""What is asked where nobody says what the load will ask."""

_BODILESS = (204, 304)
_BODY_MOST_BYTES = 64 << 20
_PIECE_BYTES = 64 << 10

UNENDING_HINT = "A feed or a stream cannot be measured: give pages that end with --path."
UNREADABLE_HINT = (
    "An app may not set Transfer-Encoding, which is its server's to set; nor a Content-Length that is wrong."
)


@dataclass(frozen=True)
class Response:
    """A response: its status, headers in lower case, and body; of one that cannot be had whole, what came of it."""

    status: int
    headers: Mapping[str, str]
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
    """An answer that began and cannot be had whole; its text is a clause about "its answer".

    ``part`` is what came of it, None where not even its headers did.
    """

    def __init__(self, text: str, part: Response | None = None) -> None:
        super().__init__(text)
        self.part = part


class UnendingError(UnreadableError):
    """One that goes on and on, which the server cannot be blamed for."""


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


def send(
    address: Address,
    path: str,
    *,
    timeout_s: float,
    like: Requests = PLAIN,
) -> Response:
    """The answer to one of these requests on a connection of its own, all of it within ``timeout_s`` seconds.

    Byte for byte it is what the native engine sends: an app's answer may depend on each header, be it by showing it.

    Raises:
        UnendingError: an answer began, and does not end in time, or is longer than 64 MiB.
        UnreadableError: it breaks off, or is no HTTP.
        OSError, http.client.HTTPException: there was none.
    """
    end = time.monotonic() + timeout_s
    if isinstance(address, Tcp):
        connection = http.client.HTTPConnection(address.host, address.port, timeout=timeout_s)
    else:
        connection = _UnixConnection(address.path, timeout_s)
    with contextlib.closing(connection):
        connection.connect()
        with _Deadline(connection.sock, end - time.monotonic()) as deadline:
            connection.putrequest(like.method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in like.headers_to(HOST):
                connection.putheader(name, value.encode())
            connection.endheaders((like.body or "").encode() or None)
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


def _read(response: http.client.HTTPResponse, deadline: _Deadline, timeout_s: float) -> Response:
    """The response to its end."""
    received = {name.lower(): value for name, value in response.getheaders()}
    pieces: list[bytes] = []
    length, problem = 0, ""

    def part() -> Response:
        return Response(response.status, received, pieces[0] if pieces else b"")

    try:
        # read1, as read waits for whole pieces, and of a slow feed nothing would be there to be shown.
        while piece := response.read1(_PIECE_BYTES):
            pieces.append(piece)
            length += len(piece)
            if length > _BODY_MOST_BYTES:
                raise UnendingError(f"its answer is longer than {_BODY_MOST_BYTES >> 20} MiB", part())
    except (OSError, ValueError, http.client.IncompleteRead) as exc:
        problem = f"its answer cannot be read to its end ({exc})"
    if deadline.passed:
        raise UnendingError(f"its answer does not end within {timeout_s:.1f} s ({length:,} bytes came)", part())
    # A length that was promised and did not come is no error of http.client's where it is read in pieces.
    if response.length and response.status not in _BODILESS:
        problem = problem or f"its answer breaks off, {response.length:,} bytes before its end"
    if problem:
        raise UnreadableError(problem, part())
    return Response(response.status, received, b"".join(pieces))
