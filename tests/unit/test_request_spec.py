"""What is asked of the app: verification and every engine send the same."""

import socket
from pathlib import Path

import pytest

from support.answering import answering, fixed, response
from support.engines import job_for
from wsgibench.bench.request_spec import requests_of
from wsgibench.bench.run_options import RunOptions
from wsgibench.bench.verification import paths_by_kind, paths_to_verify
from wsgibench.engines._native.requests import request_stream
from wsgibench.engines._paths import PathOrder
from wsgibench.errors import StartError, UsageError
from wsgibench.model.address import Tcp
from wsgibench.model.app import App
from wsgibench.model.engine import Target
from wsgibench.model.load import Requests, parts_of, path_of
from wsgibench.processes.readiness import wait_until_answers
from wsgibench.processes.request import send

APP = App(target="hello:app", directory=".")


def lines_of(head: bytes) -> list[bytes]:
    return head.lower().split(b"\r\n")[1:]


def sent_by_native(requests: Requests) -> bytes:
    target = Target(name="stack", address=Tcp(port=1))
    return next(request_stream(job_for(1, Path(), requests=requests), target, PathOrder(requests, 1).begin(0)))


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/a%20b?c=d&e", "/a%20b?c=d&e"),
        ("/café", "/caf%C3%A9"),
        ('/"x"|y', "/%22x%22%7Cy"),
        ('/people?q={"name":"a"}', "/people?q=%7B%22name%22:%22a%22%7D"),
        ("/{}/{1}", "/%7B%7D/%7B1%7D"),
    ],
)
def test_paths_are_percent_encoded_once_for_all(path: str, sent: str) -> None:
    """What verification asks for is what the engine asks for, byte by byte."""
    requests, _ = requests_of(RunOptions(app=APP, paths=(path,)))
    assert paths_to_verify((), requests, seed=1) == [sent]
    assert sent_by_native(requests).startswith(f"GET {sent} HTTP/1.1\r\n".encode())


def test_words_are_percent_encoded_once(tmp_path: Path) -> None:
    """A word with a blank is looked for as that, not as one with a percent sign."""
    words = tmp_path / "words"
    words.write_text("New York\n\nNew York \n")
    requests, _ = requests_of(RunOptions(app=APP, paths=("/s?q={word}",), words=str(words)))
    assert path_of(requests.paths[0], 1, requests.words[0]) == "/s?q=New%20York"
    assert len(requests.words) == 1, "a path is asked once before any comes again"
    assert sent_by_native(requests).startswith(b"GET /s?q=New%20York HTTP/1.1\r\n")


def test_a_file_of_words_without_end_is_refused() -> None:
    """A project's wsgibench.toml may name one."""
    with pytest.raises(UsageError, match="'/dev/zero' is longer than 16"):
        requests_of(RunOptions(app=APP, paths=("/s?q={word}",), words="/dev/zero"))


@pytest.mark.parametrize(
    ("method", "headers", "body"),
    [
        ("GET", (), None),
        ("HEAD", (), None),
        ("POST", ("host: example.org", "X-A: 1", "X-A: 2", "X-B: →"), "ä"),
        ("PUT", ("User-Agent: me", "accept: text/html", "Accept-Encoding: gzip"), None),
    ],
)
def test_all_send_the_same_byte_for_byte(method: str, headers: tuple[str, ...], body: str | None) -> None:
    """Readiness, verification and warm-up ask what the native engine asks: an app may answer by any of it."""
    requests, _ = requests_of(RunOptions(app=APP, method=method, headers=headers, body=body))
    with answering(fixed(response(b"" if method == "HEAD" else b"ok"))) as server:
        send(Tcp(port=server.port), "/", timeout_s=5, like=requests)
        wait_until_answers(
            Tcp(port=server.port), "/", like=requests, behind=None, deadline_s=5, check_alive=lambda: None
        )
    native = sent_by_native(requests).partition(b"\r\n\r\n")[0]
    assert server.heads == [native, native]


def test_a_header_of_the_users_stands_in_place_of_ours() -> None:
    """Whatever its case, in UTF-8. As browsers do, we say who we are and what we take."""
    given = ("host: example.org", "X-A: 1", "X-B: →")
    requests, _ = requests_of(RunOptions(app=APP, headers=given))
    lines = lines_of(sent_by_native(requests).partition(b"\r\n\r\n")[0])
    assert [line for line in lines if line.startswith(b"host:")] == [b"host: example.org"]
    assert [line for line in lines if line.startswith(b"x-")] == [b"x-a: 1", "x-b: →".encode()]
    assert {b"user-agent: wsgibench", b"accept: */*", b"accept-encoding: identity"} <= set(lines)


@pytest.mark.parametrize(("method", "body", "length"), [("GET", None, None), ("POST", None, b"0"), ("POST", "ä", b"2")])
def test_a_length_is_said_wherever_a_body_might_be(method: str, body: str | None, length: bytes | None) -> None:
    """A POST without a body has none of 0 bytes: some servers answer 411 to one that does not say."""
    requests, _ = requests_of(RunOptions(app=APP, method=method, body=body))
    with answering(fixed(response())) as server:
        send(Tcp(port=server.port), "/", timeout_s=5, like=requests)
    wanted = [] if length is None else [b"content-length: " + length]
    for head in (server.heads[0], sent_by_native(requests).partition(b"\r\n\r\n")[0]):
        assert [line for line in lines_of(head) if line.startswith(b"content-length")] == wanted


def test_what_is_drawn_is_drawn_inside_other_braces() -> None:
    """A query in JSON with an id in it."""
    requests, _ = requests_of(RunOptions(app=APP, paths=('/people?q={"id":{id}}',), ids="7..7"))
    assert paths_to_verify((), requests, seed=1) == ["/people?q=%7B%22id%22:7%7D"]
    assert sent_by_native(requests).startswith(b"GET /people?q=%7B%22id%22:7%7D HTTP/1.1\r\n")


def test_a_name_that_nothing_is_put_in_place_of_is_refused_with_the_way_to_mean_it() -> None:
    with pytest.raises(UsageError, match=r"'/items/\{name\}' holds \{name\}.*\n.*%7B and %7D"):
        requests_of(RunOptions(app=APP, paths=("/items/{name}",)))


def test_paths_are_told_apart_by_what_they_were_made_of() -> None:
    """Each kind by itself, none of them twice."""
    requests, _ = requests_of(RunOptions(app=APP, paths=("/", "/items/{id}", "/about"), ids="1..3"))
    first, second, third = paths_by_kind(requests, seed=1)
    assert (first, third) == (["/"], ["/about"])
    assert sorted(second) == ["/items/1", "/items/2", "/items/3"]


def test_statuses_that_are_right_are_those_that_are_named() -> None:
    requests, _ = requests_of(RunOptions(app=APP, expect=(302, 404, 302)))
    assert [requests.is_right(status) for status in (200, 302, 404, 500)] == [False, True, True, False]
    assert Requests(paths=("/",)).is_right(204)
    assert not Requests(paths=("/",)).is_right(302)
    with pytest.raises(UsageError, match="99 is no status of an answer"):
        requests_of(RunOptions(app=APP, expect=(99,)))


@pytest.mark.parametrize(
    ("prefix", "paths", "asked"),
    [
        ("/shop", (), ("/shop/",)),
        ("/shop/", ("/shop/", "/shop?a=b"), ("/shop/", "/shop?a=b")),
        ("/a/b", ("/a/b/items/1",), ("/a/b/items/1",)),
    ],
)
def test_paths_are_given_with_the_prefix(prefix: str, paths: tuple[str, ...], asked: tuple[str, ...]) -> None:
    """As clients see them; without any, the root of the app is asked for."""
    requests, _ = requests_of(RunOptions(app=APP, prefix=prefix, paths=paths))
    assert requests.paths == asked


def test_a_path_that_is_not_below_the_prefix_is_refused() -> None:
    with pytest.raises(UsageError, match=r"'/shopping' does not lie below the prefix '/shop'"):
        requests_of(RunOptions(app=APP, prefix="/shop", paths=("/shopping",)))


@pytest.mark.parametrize("prefix", ["shop", "/", "", "/a b", "/a/../b", "/a;b", "//a", "/é"])
def test_an_odd_prefix_is_refused(prefix: str) -> None:
    """What one of the servers or proxies would read otherwise than the others."""
    with pytest.raises(UsageError, match="cannot be mounted below"):
        requests_of(RunOptions(app=APP, prefix=prefix))


def test_the_scheme_is_said_once() -> None:
    requests, _ = requests_of(RunOptions(app=APP, forwarded_proto="https"))
    assert requests.headers == (("X-Forwarded-Proto", "https"),)
    with pytest.raises(UsageError, match="given twice"):
        requests_of(RunOptions(app=APP, forwarded_proto="https", headers=("x-forwarded-proto: https",)))


def test_who_does_not_answer_behind_a_proxy_is_named() -> None:
    """A server that does not listen is not the proxy, where clients ask; nor is a proxy that keeps silent the app."""
    with socket.socket() as nobody, socket.socket() as silent:
        nobody.bind(("127.0.0.1", 0))
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        free, proxy = (Tcp(port=each.getsockname()[1]) for each in (nobody, silent))
        for behind, said in (
            (free, f"the server behind the proxy does not listen at {free}"),
            (proxy, "the proxy takes"),
        ):
            with pytest.raises(StartError, match=said):
                wait_until_answers(proxy, "/", behind=behind, deadline_s=0.3, check_alive=lambda: None)
        with pytest.raises(StartError, match="nothing listens there"):
            wait_until_answers(free, "/", behind=None, deadline_s=0.1, check_alive=lambda: None)


def test_a_header_given_twice_is_sent_once_with_both_values() -> None:
    """In its first place and spelling; ours of that name is left out, as ever."""
    given = (("X-Tag", "a"), ("cookie", "a=1"), ("x-tag", "b"), ("Cookie", "b=2"), ("accept", "text/html"))
    sent = Requests(paths=("/",), headers=given).headers_to("localhost")
    assert [pair for pair in sent if pair[0].lower() in {"x-tag", "cookie", "accept"}] == [
        ("X-Tag", "a, b"),
        ("cookie", "a=1; b=2"),
        ("accept", "text/html"),
    ]


def test_what_is_drawn_is_told_from_text_in_one_way() -> None:
    """Text and what is drawn, by turns; other braces are text, and so is what a word may hold."""
    assert parts_of("/a/{id}{word}?{x}={id}") == ("/a/", "{id}", "", "{word}", "?{x}=", "{id}", "")
    assert parts_of("/{x}") == ("/{x}",)
    assert path_of("/a/{id}?q={word}", 5, "{id}") == "/a/5?q={id}"
    assert [len(paths) for paths in paths_by_kind(Requests(paths=("/{x}", "/{id}"), last_id=10**9), seed=1)] == [1, 24]
