"""What is asked of the app: verification and every engine send the same."""

from pathlib import Path

import numpy as np
import pytest

from support.answering import answering, fixed, response
from support.engines import job_for
from wsgibench.bench.asking import requests_of
from wsgibench.bench.verification import Reference, path_of, paths_to_verify
from wsgibench.bench.wishes import Wishes
from wsgibench.engines._native.requests import request_stream
from wsgibench.model.address import Tcp
from wsgibench.model.app import App
from wsgibench.model.engine import Target
from wsgibench.model.load import Requests
from wsgibench.processes.request import ask

APP = App(target="hello:app", directory=".")


def lines_of(head: bytes) -> list[bytes]:
    return head.lower().split(b"\r\n")[1:]


def sent_by_native(requests: Requests) -> bytes:
    target = Target(name="stack", address=Tcp(port=1))
    return next(request_stream(job_for(1, Path(), requests=requests), target, np.random.default_rng(1)))


@pytest.mark.parametrize(
    ("path", "sent"), [("/a%20b?c=d&e", "/a%20b?c=d&e"), ("/café", "/caf%C3%A9"), ('/"x"|y', "/%22x%22%7Cy")]
)
def test_paths_are_percent_encoded_once_for_all(path: str, sent: str) -> None:
    """What verification asks for is what the engine asks for, byte by byte."""
    requests, _ = requests_of(Wishes(app=APP, paths=(path,)))
    assert paths_to_verify((), requests, seed=1) == [sent]
    assert sent_by_native(requests).startswith(f"GET {sent} HTTP/1.1\r\n".encode())


def test_words_are_percent_encoded_once(tmp_path: Path) -> None:
    """A word with a blank is looked for as that, not as one with a percent sign."""
    words = tmp_path / "words"
    words.write_text("New York\n")
    requests, _ = requests_of(Wishes(app=APP, paths=("/s?q={word}",), words=str(words)))
    assert path_of(requests.paths[0], 1, requests.words[0]) == "/s?q=New%20York"
    assert sent_by_native(requests).startswith(b"GET /s?q=New%20York HTTP/1.1\r\n")


def test_headers_are_the_same_in_verification_and_under_load() -> None:
    """One of the user's stands in place of ours, whatever its case; repeated ones are all sent, in UTF-8."""
    given = ("host: example.org", "X-A: 1", "X-A: 2", "X-B: →")
    requests, _ = requests_of(Wishes(app=APP, headers=given))
    with answering(fixed(response())) as server:
        Reference(["/"], requests).verify(Tcp(port=server.port), "stack")
    native = lines_of(sent_by_native(requests).partition(b"\r\n\r\n")[0])
    for lines in (lines_of(server.heads[0]), native):
        assert [line for line in lines if line.startswith(b"host:")] == [b"host: example.org"]
        assert [line for line in lines if line.startswith(b"x-")] == [b"x-a: 1", b"x-a: 2", "x-b: →".encode()]


@pytest.mark.parametrize(("method", "body", "length"), [("GET", None, None), ("POST", None, b"0"), ("POST", "ä", b"2")])
def test_a_length_is_said_wherever_a_body_might_be(method: str, body: str | None, length: bytes | None) -> None:
    """A POST without a body has none of 0 bytes: some servers answer 411 to one that does not say."""
    requests, _ = requests_of(Wishes(app=APP, method=method, body=body))
    with answering(fixed(response())) as server:
        ask(Tcp(port=server.port), "/", timeout_s=5, method=method, body=body)
    wanted = [] if length is None else [b"content-length: " + length]
    for head in (server.heads[0], sent_by_native(requests).partition(b"\r\n\r\n")[0]):
        assert [line for line in lines_of(head) if line.startswith(b"content-length")] == wanted
