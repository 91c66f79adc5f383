"""One connection to a target, with at most one request on it."""

from collections.abc import Callable
from time import monotonic
from typing import Protocol

from wsgibench.engines._native.endpoint import Endpoint
from wsgibench.engines._native.poller import READ, WRITE
from wsgibench.engines._native.requests import Request
from wsgibench.engines._native.response import Head, Malformed, ResponseReader
from wsgibench.engines._native.transport import RECEIVE_BYTES, Stream, WantsToReadError, is_refusal
from wsgibench.model.answers import checksum_of

_NOTHING = memoryview(b"")


class Sender(Protocol):
    """Who sent a request, and is told how it ended."""

    def on_response(self, connection: "Connection", outcome: str, now: float) -> None:
        """The request that began at ``connection.start`` ended so; the connection has no request any more."""


class Connection:
    """Sends a request, reads the response, tells the sender; opens its socket, again where need be, as it sends.

    The common case, a short request on an open socket and a whole response whose head was seen before, costs one
    ``send``, one ``recv`` and one look-up. All that is slow or rare stands in methods of its own.
    """

    __slots__ = (
        "_endpoint",
        "_fd",
        "_is_reused",
        "_is_up",
        "_known",
        "_mask",
        "_reader",
        "_recv",
        "_request",
        "_send",
        "_sender",
        "_stream",
        "_to_send",
        "sent",
        "start",
    )

    _fd: int
    _send: Callable[[bytes | memoryview], int]
    _recv: Callable[[int], bytes]
    _sender: Sender

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._known = endpoint.bodies.known.get
        self._stream: Stream | None = None
        self._is_up = False  # connected, and where there is TLS, hands shaken
        self._is_reused = False  # has brought an answer before
        self._mask = 0
        self._request: bytes | None = None
        self._to_send = _NOTHING
        self._reader: ResponseReader | None = None
        self.start = 0.0
        self.sent = 0.0

    @property
    def is_open(self) -> bool:
        """Whether the socket is open, so that the next request needs no new one."""
        return self._stream is not None

    @property
    def is_busy(self) -> bool:
        """Whether a request is on its way."""
        return self._request is not None

    def send(self, request: Request, start: float, now: float, sender: Sender) -> None:
        """Send the request now. Its latency counts from ``start``, its time-out from ``now``; the sender hears the end.

        Both are on CLOCK_MONOTONIC.
        """
        self._request = request
        self.start = start
        self.sent = now
        self._sender = sender
        if self._is_up:
            try:
                sent = self._send(request)
            except OSError:
                sent = 0  # pushing meets it again, and says what it is
            if sent == len(request):
                return
            self._to_send = memoryview(request)[sent:]
        else:
            self._to_send = memoryview(request)
        self.push()

    def on_event(self, mask: int) -> None:
        """The socket is ready for something, or broken; or the event was another's (see ``Poller``)."""
        if self._to_send:
            self.push()
            if not self._is_up or not mask & READ:
                return
        if self._stream is None:
            return
        try:
            data = self._recv(RECEIVE_BYTES)
        except BlockingIOError:
            return
        except OSError:
            self._lost(monotonic())
            return
        now = monotonic()
        if self._reader is None and self._request is not None:
            found = self._endpoint.heads.find(data)
            if found is not None:
                head, size = found
                if head.ok:
                    body = data[size:]
                    checksum = checksum_of(body)
                    if self._known(self._request) != checksum:
                        self._endpoint.bodies.note(self._request, checksum, body, sent=self.sent, now=now)
                    self._end("ok", now, keep_alive=head.keep_alive)
                else:
                    self._end_badly(head, now)
                return
        self._receive(data, now)

    def push(self) -> None:
        """Open the socket if need be, and send what is left of the request."""
        try:
            if self._stream is None:
                self._open()
            sent = self._send(self._to_send)
        except WantsToReadError:
            self._watch(READ)
        except BlockingIOError:
            if self._stream is None:
                self._endpoint.push_later(self._push_again)
            else:
                self._watch(READ | WRITE)
        except OSError as exc:
            self._broke(exc)
        else:
            if not self._is_up:
                self._is_up = True
                self._endpoint.tally.count("connects")
            self._to_send = self._to_send[sent:]
            self._watch(READ | WRITE if self._to_send else READ)

    def _push_again(self) -> None:
        if self.is_busy and not self.is_open:
            self.push()

    def give_up(self, now: float) -> None:
        """End the request as timed out."""
        self._end("timeout", now)

    def close(self) -> None:
        """Let go of the socket; the next request opens another."""
        self._release_reader()
        if self._stream is not None:
            if self._mask:
                self._endpoint.poller.close_file(self._fd, self._stream, can_wait=self._endpoint.has_one_connection)
            else:
                self._stream.close()
        self._stream = None
        self._mask = 0
        self._is_up = self._is_reused = False

    def _open(self) -> None:
        stream = self._endpoint.open()
        self._stream, self._fd = stream, stream.fileno()
        self._send, self._recv = stream.send, stream.recv

    def _watch(self, mask: int) -> None:
        if not self._mask:
            self._endpoint.poller.watch(self._fd, self.on_event, mask)
        elif mask != self._mask:
            self._endpoint.poller.change(self._fd, mask)
        self._mask = mask

    def _receive(self, data: bytes, now: float) -> None:
        """What the quick way could not take: a piece of a response, a head not seen before, the end."""
        if self._request is None:
            self.close()  # the server ends an idle connection, which is its right, or speaks without being asked
            return
        reader = self._reader
        is_first = reader is None
        if reader is None:
            if not data:
                self._lost(now)
                return
            reader = self._reader = ResponseReader(is_head=self._endpoint.is_head, is_right=self._endpoint.is_right)
        try:
            is_complete = reader.feed(data) if data else reader.end()
        except Malformed:
            self._end("malformed", now)
            return
        if is_complete:
            if is_first:
                self._endpoint.heads.keep(data, reader.head)
            if reader.head.ok:
                self._endpoint.bodies.note(
                    self._request, reader.checksum, bytes(reader.beginning), sent=self.sent, now=now
                )
                self._end("ok", now, keep_alive=reader.head.keep_alive)
            else:
                self._end_badly(reader.head, now)
        elif not data:
            self._end("reset", now)

    def _broke(self, exc: OSError) -> None:
        if self._is_up or not is_refusal(exc):
            self._lost(monotonic())
        else:
            self._endpoint.note(exc)
            self._end("refused", monotonic())

    def _lost(self, now: float) -> None:
        """The connection ended before any byte of the response, or broke."""
        if self._request is None:
            self.close()
        elif self._is_reused and self._reader is None:
            # It ended as the request was under way to it (RFC 9112, section 9.3.1: may be sent again if idempotent).
            self._endpoint.tally.count("keepalive_races")
            if self._endpoint.is_idempotent:
                self.close()
                self._to_send = memoryview(self._request)
                self.push()
            else:
                self._end("reset", now)
        else:
            self._end("reset", now)

    def _end(self, outcome: str, now: float, *, keep_alive: bool = False) -> None:
        self._request = None
        self._release_reader()
        if keep_alive and not self._to_send:
            self._is_reused = True
        else:
            self._to_send = _NOTHING
            self.close()
        self._sender.on_response(self, outcome, now)

    def _end_badly(self, head: Head, now: float) -> None:
        self._endpoint.tally.bad_status(head.status, self.start, now)
        self._end("bad_status", now, keep_alive=head.keep_alive)

    def _release_reader(self) -> None:
        if self._reader is not None:
            self._reader.release()
            self._reader = None
