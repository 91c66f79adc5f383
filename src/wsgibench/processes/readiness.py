"""Whether an app answers, asked over HTTP as a client would."""

import contextlib
import http.client
import socket
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from wsgibench.errors import StartError
from wsgibench.model.address import Address, Tcp, Unix

_POLL_S = 0.01
_LOOK_S = 0.1
_ENCLOSING = ("POST", "PUT", "PATCH")
_PROXY_WAITS = (502, 504)
"""What a proxy says while the server behind it does not answer yet."""


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


def ask(
    address: Address,
    path: str,
    *,
    timeout_s: float,
    method: str = "GET",
    headers: Iterable[tuple[str, str]] = (),
    body: str | None = None,
) -> Answer:
    """The answer to one request on a connection of its own. A header that is given stands in place of ours.

    Raises:
        OSError, http.client.HTTPException: there was none.
    """
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
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in (*(header for header in ours.items() if header[0].lower() not in names), *given):
            connection.putheader(name, value.encode())
        connection.endheaders(content or None)
        response = connection.getresponse()
        received = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, received, response.read())


def accepts(address: Address) -> bool:
    """Whether something takes connections there."""
    family = socket.AF_UNIX if isinstance(address, Unix) else socket.AF_INET6 if ":" in address.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.settimeout(1.0)
        try:
            probe.connect(address.path if isinstance(address, Unix) else (address.host, address.port))
        except OSError:
            return False
        return True


def wait_until_answers(
    address: Address, path: str, *, behind: Address | None, deadline_s: float, look: Callable[[], None]
) -> Answer:
    """The app's first answer at ``address``, of any status.

    ``behind`` is the address of its server where ``address`` is that of a proxy.
    ``look`` is called ten times a second and raises when a process has died.

    Raises:
        StartError: no answer within ``deadline_s`` seconds.
    """
    end = time.monotonic() + deadline_s
    next_look = 0.0
    last = "nothing listens there"
    while (now := time.monotonic()) < end:
        if now >= next_look:
            look()
            next_look = now + _LOOK_S
        if behind is None or accepts(behind):
            try:
                # A request waits in the server's backlog until a worker has loaded the app; but not so long that a
                # death goes unseen.
                answer = ask(address, path, timeout_s=min(1.0, max(end - now, _POLL_S)))
            except (OSError, http.client.HTTPException) as exc:
                if not isinstance(exc, ConnectionRefusedError | FileNotFoundError):
                    last = f"it takes connections but sends no answer ({str(exc) or type(exc).__name__})"
            else:
                if behind is None or answer.status not in _PROXY_WAITS:
                    return answer
                last = f"the proxy answers {answer.status} for it"
        time.sleep(_POLL_S)
    raise StartError(
        f"Nothing answers at http://{address}{path} after {deadline_s:g} s: {last}.",
        "If the app needs longer to load, give --start-timeout more.",
    )
