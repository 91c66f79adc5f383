"""What goes over the wire."""

from collections import Counter
from itertools import islice
from pathlib import Path

from support.engines import job_for
from wsgibench.engines._native.requests import request_stream
from wsgibench.engines._paths import PathOrder
from wsgibench.model.address import Tcp
from wsgibench.model.engine import Target
from wsgibench.model.load import Requests

TARGET = Target(name="stack", address=Tcp(port=1), host="example.org:8000")


def drawn(requests: Requests, count: int = 3000, seed: int = 1, **fields) -> list[bytes]:
    job = job_for(1, Path(), requests=requests, **fields)
    return list(islice(request_stream(job, TARGET, PathOrder(requests, seed).begin(0)), count))


def test_a_request_is_what_was_asked_for() -> None:
    """Method, path, headers and body, with their length."""
    requests = Requests(paths=("/a",), method="POST", headers=(("X-A", "b"),), body="ä")
    head, _, body = drawn(requests, 1)[0].partition(b"\r\n\r\n")
    first, *lines = head.split(b"\r\n")
    assert first == b"POST /a HTTP/1.1"
    assert {b"Host: example.org:8000", b"X-A: b", b"Content-Length: 2"} <= set(lines)
    assert body == "ä".encode()


def test_a_host_header_of_the_user_stands_alone() -> None:
    """No request has two of them (RFC 9112, section 3.2)."""
    data = drawn(Requests(paths=("/",), headers=(("host", "other"),)), 1)[0]
    assert data.lower().count(b"\r\nhost: ") == 1
    assert b"host: other\r\n" in data


def test_paths_numbers_and_words_are_all_drawn() -> None:
    """Each template, number and word comes about as often as the others."""
    requests = Requests(paths=("/q?id={id}", "/s/{word}?x=%41"), first_id=1, last_id=4, words=("a%20b", "%C3%BC%2F"))
    paths = Counter(data.split(b" ")[1] for data in drawn(requests))
    assert set(paths) == {b"/q?id=%d" % number for number in (1, 2, 3, 4)} | {b"/s/a%20b?x=%41", b"/s/%C3%BC%2F?x=%41"}
    assert all(abs(paths[b"/q?id=%d" % number] - 375) < 100 for number in (1, 2, 3, 4))


def test_the_seed_fixes_the_requests() -> None:
    """Same seed, same requests."""
    requests = Requests(paths=("/{id}",), last_id=10**6)
    assert drawn(requests, 50, seed=5) == drawn(requests, 50, seed=5)
    assert drawn(requests, 50, seed=5) != drawn(requests, 50, seed=6)
