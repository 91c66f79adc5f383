"""Reading one HTTP/1.1 response, however it comes in."""

from collections.abc import Callable
from dataclasses import dataclass
from zlib import crc32

import httptools

from wsgibench.model.answers import BEGINNING_BYTES

_HEADS_KEPT = 1024


@dataclass(frozen=True, slots=True)
class Head:
    """What matters of a response head.

    Attributes:
        ok: its status is a right one.
        status: in a number; 0 where none has come.
        length: bytes of body that follow it; -1 where that takes more than counting.
        keep_alive: another request may follow on the connection.
    """

    ok: bool
    length: int
    keep_alive: bool
    status: int = 0


class Malformed(Exception):  # noqa: N818 - an outcome, like those in OUTCOMES
    """What came was not an HTTP response."""


class HeadCache:
    """Heads seen before, by their bytes.

    A server's heads repeat: until its Date changes, all answers of one length have the same. So a response that comes
    whole in one piece is mostly read by looking up its head, which takes 0.3 µs against 5 µs of parsing. Where heads
    never repeat, each is parsed.
    """

    def __init__(self) -> None:
        self._heads: dict[bytes, Head] = {}

    def find(self, data: bytes) -> tuple[Head, int] | None:
        """The head and its size, if this is one whole response whose head is known."""
        size = data.find(b"\r\n\r\n") + 4
        head = self._heads.get(data[:size])
        return None if head is None or len(data) != size + head.length else (head, size)

    def keep(self, data: bytes, head: Head) -> None:
        """Remember the head of a response that was parsed in full from these bytes."""
        if head.length < 0:
            return
        if len(self._heads) >= _HEADS_KEPT:
            self._heads.clear()
        self._heads[data[: data.find(b"\r\n\r\n") + 4]] = head


class ResponseReader:
    """Parses one response fed in pieces, holding no more of its body than the beginning.

    Attributes:
        checksum: of the body, as far as it has come (``model.answers.checksum_of``).
        beginning: its first bytes.
    """

    def __init__(self, *, is_head: bool, is_right: Callable[[int], bool]) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._is_head = is_head
        self._is_right = is_right
        self.checksum = 0
        self.beginning = bytearray()
        self._length = -1
        self._is_framed = False
        self._is_chunked = False
        self._had_interim = False
        self._has_head = False
        self.head = Head(ok=False, length=-1, keep_alive=False)
        self.is_complete = False

    def feed(self, data: bytes) -> bool:
        """Whether the response is complete with these bytes.

        Raises:
            Malformed: they are no part of an HTTP response, or go beyond its end.
        """
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as exc:
            raise Malformed(str(exc)) from exc
        return self.is_complete

    def end(self) -> bool:
        """Whether the response is complete where the server has closed the connection."""
        if self._has_head and not self._is_framed:
            self.is_complete = True
        return self.is_complete

    def release(self) -> None:
        """Let go of the parser, which holds this reader: no collector runs under load to find the circle."""
        del self._parser

    # What httptools calls.

    def on_message_begin(self) -> None:
        if self.is_complete:
            raise Malformed("more came than the response")
        self._length, self._is_framed, self._is_chunked = -1, False, False

    def on_header(self, name: bytes, value: bytes) -> None:
        lowered = name.lower()
        if lowered == b"content-length":
            self._length = int(value)
        elif lowered == b"transfer-encoding":
            self._is_chunked = value.strip().lower().endswith(b"chunked")

    def on_headers_complete(self) -> None:
        status = self._parser.get_status_code()
        if status < 200:
            self._had_interim = True
            return
        bodiless = self._is_head or status in (204, 304)
        self._is_framed = bodiless or self._is_chunked or self._length >= 0
        countable = not self._is_chunked and not self._had_interim
        length = (0 if bodiless else self._length) if countable else -1
        keep_alive = self._is_framed and self._parser.should_keep_alive()
        self.head = Head(ok=self._is_right(status), length=length, keep_alive=keep_alive, status=status)
        self._has_head = True
        if self._is_head:
            self.is_complete = True

    def on_body(self, body: bytes) -> None:
        if self._is_head:
            raise Malformed("a body came in answer to HEAD")
        self.checksum = crc32(body, self.checksum)
        if len(self.beginning) < BEGINNING_BYTES:
            self.beginning += body[: BEGINNING_BYTES - len(self.beginning)]

    def on_message_complete(self) -> None:
        if self._has_head:
            self.is_complete = True
