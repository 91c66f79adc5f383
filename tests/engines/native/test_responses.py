"""Every way in which a response can be written, over a real socket, in pieces cut anywhere."""

import gc
import resource
import socket
import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.answering import Answer, answering, every, fixed
from support.sending import sending
from wsgibench.engines._native.response import ResponseReader
from wsgibench.model.address import Tcp

OK = b"HTTP/1.1 200 OK\r\n"
RIGHT = b"hello world"
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"

# Bytes, whether the server closes after them, how the request ends, whether the connection can be used again.
WHOLE = {
    "length": (OK + b"Content-Length: 11\r\n\r\nhello world", False, "ok", True),
    "lower case": (OK + b"content-length:11\r\n\r\nhello world", False, "ok", True),
    "chunked": (OK + CHUNKED + b"6\r\nhello \r\n5\r\nworld\r\n0\r\n\r\n", False, "ok", True),
    "chunk extension, trailer": (OK + CHUNKED + b"B;a=b\r\nhello world\r\n0\r\nX: y\r\n\r\n", False, "ok", True),
    "until closed": (OK + b"\r\nhello world", True, "ok", False),
    "length, close": (OK + b"Connection: close\r\nContent-Length: 11\r\n\r\nhello world", True, "ok", False),
    "HTTP/1.0, length": (b"HTTP/1.0 200 OK\r\nContent-Length: 11\r\n\r\nhello world", False, "ok", False),
    "HTTP/1.0, keep-alive": (
        b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 11\r\n\r\nhello world",
        False,
        "ok",
        True,
    ),
    "HTTP/1.0, until closed": (b"HTTP/1.0 200 OK\r\n\r\nhello world", True, "ok", False),
    "100": (b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b"Content-Length: 11\r\n\r\nhello world", False, "ok", True),
    "103": (
        b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + OK + b"Content-Length: 11\r\n\r\nhello world",
        False,
        "ok",
        True,
    ),
    "error": (b"HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy", False, "bad_status", True),
    "moved": (b"HTTP/1.1 301 Moved\r\nContent-Length: 0\r\nLocation: /a\r\n\r\n", False, "bad_status", True),
    "304": (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 11\r\n\r\n", False, "bad_status", True),
    "other body": (OK + b"Content-Length: 11\r\n\r\nHELLO WORLD", False, "wrong_body", True),
    "204": (b"HTTP/1.1 204 No Content\r\n\r\n", False, "wrong_body", True),
    "nothing": (b"", True, "reset", False),
    "half a head": (OK + b"Content-Le", True, "reset", False),
    "half a body": (OK + b"Content-Length: 11\r\n\r\nhello", True, "reset", False),
    "half a chunk": (OK + CHUNKED + b"6\r\nhel", True, "reset", False),
    "no last chunk": (OK + CHUNKED + b"5\r\nhello\r\n", True, "reset", False),
    "only 100": (b"HTTP/1.1 100 Continue\r\n\r\n", True, "reset", False),
    "no HTTP": (b"220 smtp.example.com ESMTP\r\n\r\n", False, "malformed", False),
    "bare LF": (b"HTTP/1.1 200 OK\nContent-Length: 11\n\nhello world", False, "malformed", False),
    "status of letters": (b"HTTP/1.1 abc OK\r\nContent-Length: 0\r\n\r\n", False, "malformed", False),
    "length of letters": (OK + b"Content-Length: many\r\n\r\nhello world", False, "malformed", False),
    "negative length": (OK + b"Content-Length: -1\r\n\r\n", False, "malformed", False),
    "two lengths": (OK + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nhi", False, "malformed", False),
    "endless length": (OK + b"Content-Length: " + b"9" * 40 + b"\r\n\r\n", False, "malformed", False),
    "length and chunks": (OK + b"Content-Length: 3\r\n" + CHUNKED + b"0\r\n\r\n", False, "malformed", False),
    "chunk size of letters": (OK + CHUNKED + b"xyz\r\nhello\r\n", False, "malformed", False),
    "space in a name": (OK + b"Content Length: 3\r\n\r\nabc", False, "malformed", False),
    "switching protocols": (
        b"HTTP/1.1 101 Switching\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\n",
        False,
        "malformed",
        False,
    ),
}


def in_pieces(data: bytes, cuts: list[int], *, closes: bool) -> Answer:
    """The data cut at these places, each piece on its way before the next is sent."""

    def answer(connection: socket.socket, _head: bytes, _number: int) -> bool:
        for begin, end in pairwise([0, *cuts, len(data)]):
            connection.sendall(data[begin:end])
            if end < len(data):
                time.sleep(0.0003)  # so that pieces are read apart; where two are not, the test is weaker, not wrong
        return not closes

    return answer


def outcome_of(data: bytes, cuts: list[int], *, closes: bool) -> tuple[str, bool]:
    with answering(in_pieces(data, cuts, closes=closes)) as server, sending(Tcp(port=server.port)) as client:
        return client.ask(expected=RIGHT), client.connection.is_open


@pytest.mark.parametrize("name", WHOLE)
def test_each_in_one_piece(name: str) -> None:
    """A whole response ends as it should, and its connection is kept if it may be."""
    data, closes, outcome, is_kept = WHOLE[name]
    assert outcome_of(data, [], closes=closes) == (outcome, is_kept)


@pytest.mark.parametrize("name", WHOLE)
def test_each_byte_by_byte(name: str) -> None:
    """The same, one byte at a time."""
    data, closes, outcome, is_kept = WHOLE[name]
    assert outcome_of(data, list(range(1, len(data))), closes=closes) == (outcome, is_kept)


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(sorted(WHOLE)), st.data())
def test_each_cut_anywhere(name: str, data: st.DataObject) -> None:
    """The same, cut at up to four places."""
    whole, closes, outcome, is_kept = WHOLE[name]
    cuts = sorted(data.draw(st.sets(st.integers(1, max(len(whole) - 1, 1)), max_size=4), label="cuts"))
    assert outcome_of(whole, cuts, closes=closes) == (outcome, is_kept)


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(sorted(WHOLE)), st.data())
def test_damage_ends_in_some_outcome(name: str, data: st.DataObject) -> None:
    """One byte changed to any other: the request ends, within its time, and nothing is raised."""
    whole = bytearray(WHOLE[name][0] or b"x")
    whole[data.draw(st.integers(0, len(whole) - 1), label="place")] = data.draw(st.integers(0, 255), label="byte")
    with (
        answering(in_pieces(bytes(whole), [], closes=False)) as server,
        sending(Tcp(port=server.port), timeout_s=0.1) as client,
    ):
        assert client.ask(expected=RIGHT) in {"ok", "bad_status", "wrong_body", "malformed", "timeout", "reset"}


@settings(deadline=None, max_examples=60)
@given(st.binary(min_size=1, max_size=200))
def test_noise_ends_in_some_outcome(noise: bytes) -> None:
    """Any bytes, then the end: never ok."""
    assert outcome_of(noise, [], closes=True)[0] in {"malformed", "reset", "bad_status", "wrong_body"}


def test_the_same_head_again_is_read_right() -> None:
    """The second response with a head known from the first is told right from wrong by its own body."""

    def answer(connection: socket.socket, _head: bytes, number: int) -> bool:
        body = b"hello world" if number != 3 else b"hello_world"
        connection.sendall(OK + b"Content-Length: 11\r\n\r\n" + body)
        return True

    with answering(answer) as server, sending(Tcp(port=server.port)) as client:
        assert [client.ask(expected=RIGHT) for _ in range(4)] == ["ok", "ok", "wrong_body", "ok"]
        assert server.connections == 1


def test_a_known_interim_head_is_not_taken_for_the_response() -> None:
    """100 and 200 in one piece, twice: the head of the 100 is not remembered as that of the response."""
    data = b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b"Content-Length: 11\r\n\r\nhello world"
    with answering(in_pieces(data, [], closes=False)) as server, sending(Tcp(port=server.port)) as client:
        assert [client.ask(expected=RIGHT) for _ in range(3)] == ["ok"] * 3
        assert server.connections == 1


@pytest.mark.parametrize("extra", [b"more", OK])
def test_more_than_was_promised_is_malformed(extra: bytes) -> None:
    """Bytes beyond the length, on the first response and on one whose head is known."""

    def answer(connection: socket.socket, _head: bytes, number: int) -> bool:
        connection.sendall(OK + b"Content-Length: 2\r\n\r\nhi" + (extra if number != 2 else b""))
        return True

    with answering(answer) as server, sending(Tcp(port=server.port)) as client:
        assert [client.ask() for _ in range(3)] == ["malformed", "ok", "malformed"]


@pytest.mark.parametrize(
    "data",
    [
        OK + b"Content-Length: 11\r\n\r\n",
        OK + b"\r\n",
        OK + CHUNKED,
        b"HTTP/1.1 204 No Content\r\n\r\n",
    ],
)
def test_an_answer_to_head_has_no_body(data: bytes) -> None:
    """Its length speaks of the body that GET would have."""
    with (
        answering(in_pieces(data, [], closes=False)) as server,
        sending(Tcp(port=server.port), method="HEAD") as client,
    ):
        assert [client.ask("HEAD"), client.ask("HEAD")] == ["ok", "ok"]


def test_a_status_is_right_where_it_is_expected() -> None:
    """Then no other is, 200 neither; the first response and one whose head is known end alike, and bodies count."""
    moved = b"HTTP/1.1 302 Found\r\nLocation: /there\r\nContent-Length: 11\r\n\r\nhello world"
    usual = OK + b"Content-Length: 11\r\n\r\nhello world"
    for expect, outcomes in (((302,), ["ok", "ok", "bad_status"]), ((), ["bad_status", "bad_status", "ok"])):
        answer = every(3, fixed(usual), fixed(moved))
        with answering(answer) as server, sending(Tcp(port=server.port), expect=expect) as client:
            assert [client.ask(expected=RIGHT) for _ in range(3)] == outcomes


def test_nothing_is_left_for_a_collector() -> None:
    """Parsed responses leave no circles behind: collection is off under load."""
    data = OK + CHUNKED + b"b\r\nhello world\r\n0\r\n\r\n"
    with answering(in_pieces(data, [9], closes=False)) as server, sending(Tcp(port=server.port)) as client:
        gc.collect()
        gc.disable()
        try:
            for _ in range(20):
                client.ask()
            assert not [it for it in gc.get_objects() if isinstance(it, ResponseReader)]
        finally:
            gc.enable()


def test_a_large_body_is_hashed_and_not_kept() -> None:
    """32 MiB pass through with no more memory than before."""
    body = b"x" * (32 << 20)
    with (
        answering(in_pieces(OK + b"Content-Length: %d\r\n\r\n" % len(body) + body, [], closes=False)) as server,
        sending(Tcp(port=server.port)) as client,
    ):
        client.ask(expected=body)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        assert client.ask(expected=body) == "ok"
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 8 << 10
