"""How requests end, for both of Locust's clients, on real sockets."""

import socket
from collections.abc import Sequence
from pathlib import Path

import pytest

from support.answering import Answer, answering, every, fixed, reset_after, response
from support.engines import engine_child, job_for
from wsgibench.model.answer_table import Answers
from wsgibench.model.answers import checksum_of
from wsgibench.model.engine import ANSWERS_FILE
from wsgibench.model.load import Requests, Users
from wsgibench.model.recording import EVENTS

CLIENTS = ("fast", "http")
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
GZIP = "Content-Encoding: gzip\r\n"
ANSWERS: dict[str, tuple[str, Answer]] = {
    "404": ("bad_status", fixed(response(status="404 Not Found"))),
    "500, large, closing": ("bad_status", fixed(response(b"x" * 99_999, "500 Oops"), go_on=False)),
    "redirect": ("bad_status", fixed(response(status="302 Found", extra="Location: /\r\n"))),
    "204": ("ok", fixed(b"HTTP/1.1 204 No Content\r\n\r\n")),
    "closing after each": ("ok", fixed(response(extra="Connection: close\r\n"), go_on=False)),
    "no length": ("ok", fixed(b"HTTP/1.0 200 OK\r\n\r\nok", go_on=False)),
    "closed without a byte": ("reset", fixed(b"", go_on=False)),
    "reset without a byte": ("reset", reset_after(b"")),
    "ends in status": ("reset", fixed(b"HTTP/1.1 20", go_on=False)),
    "ends in headers": ("reset", fixed(b"HTTP/1.1 200 OK\r\nContent-Le", go_on=False)),
    "ends in body": ("reset", fixed(response(b"0123456789")[:-5], go_on=False)),
    "reset in body": ("reset", reset_after(response(b"0123456789")[:-5])),
    "ends in chunk": ("reset", fixed(CHUNKED + b"a\r\n01234", go_on=False)),
    "ends between chunks": ("reset", fixed(CHUNKED + b"2\r\nok\r\n", go_on=False)),
    "no answer": ("timeout", fixed(b"", delay_s=1.0)),
    "half an answer": ("timeout", fixed(response(b"0123456789")[:-5], delay_s=0.0)),
    "not HTTP": ("malformed", fixed(b"220 mail.example ESMTP\r\n\r\n", go_on=False)),
    "status not a number": ("malformed", fixed(b"HTTP/1.1 abc OK\r\n\r\n", go_on=False)),
    "chunk not a number": ("malformed", fixed(CHUNKED + b"zz\r\nok\r\n", go_on=False)),
    "gzip that is none": ("malformed", fixed(response(b"plain", extra=GZIP))),
}


OUTCOMES = tuple(dict.fromkeys(outcome for outcome, _ in ANSWERS.values()))


def by_path(answers: Sequence[Answer]) -> Answer:
    """To ``/2`` the last of three answers."""

    def answer(connection: socket.socket, head: bytes, number: int) -> bool:
        return answers[int(head.split(b" ", 2)[1][1:])](connection, head, number)

    return answer


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("outcome", OUTCOMES)
def test_each_way_to_end_has_its_outcome(client: str, outcome: str, tmp_path: Path) -> None:
    """Nothing but the one outcome is counted of all that end so, and latencies only of what was answered or timed out.

    An engine takes longer to start than to ask for all of them.
    """
    expected = {case: expected for case, (expected, _) in ANSWERS.items()}
    if client == "http":
        # http.client takes the end for that of the headers; only a check of the body finds it.
        expected["ends in headers"] = "ok"
    cases = [case for case in ANSWERS if expected[case] == outcome]
    paths = tuple(f"/{place}" for place in range(len(cases)))
    with answering(by_path([ANSWERS[case][1] for case in cases])) as server:
        job = job_for(
            server.port,
            tmp_path,
            Users(count=6, spawn_rate_per_s=100, wait_min_s=0.03, wait_max_s=0.06),
            requests=Requests(paths=paths, timeout_s=0.3),
            options={"client": client},
        )
        with engine_child("locust", job) as engine:
            done = engine.run(duration_s=1.0)
            recording = engine.finish(tmp_path)
    assert set(server.paths) == set(paths)
    assert set(done.outcomes) == {outcome}, f"one of {cases}\n{engine.log.read_text()}"
    assert recording.latency.count.sum() == (done.outcomes[outcome] if outcome in {"ok", "timeout"} else 0)
    if outcome == "timeout":
        # Whoever waits on a busy machine may be woken late, and never early.
        assert 0.29 <= recording.latency_sum_s.sum() / done.outcomes["timeout"] < 0.6


@pytest.mark.parametrize("client", CLIENTS)
def test_a_status_is_right_where_it_is_expected(client: str, tmp_path: Path) -> None:
    """Then no other is."""
    statuses = ("302 Found", "404 Not Found", "500 Oops", "200 OK")
    answers = [fixed(response(status=status, extra="Location: /\r\n")) for status in statuses]
    paths = tuple(f"/{place}" for place in range(len(statuses)))
    with answering(by_path(answers)) as server:
        requests = Requests(paths=paths, timeout_s=2.0, expect=(302, 404))
        job = job_for(server.port, tmp_path, requests=requests, options={"client": client})
        with engine_child("locust", job) as engine:
            done = engine.run(duration_s=1.0)
            recording = engine.finish(tmp_path)
    assert set(server.paths) == set(paths)
    assert set(done.outcomes) == {"ok", "bad_status"}
    assert set(recording.statuses.key.tolist()) == {500, 200}
    assert recording.statuses.count.sum() == done.outcomes["bad_status"]


@pytest.mark.alone
@pytest.mark.parametrize("client", CLIENTS)
def test_a_dripping_answer_times_out(client: str, tmp_path: Path) -> None:
    """The limit is for the whole request: a byte now and then does not extend it."""

    def drip(connection, _head: bytes, _number: int) -> bool:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\n")
        return all(fixed(b"x", delay_s=0.1)(connection, b"", 0) for _ in range(30))

    with answering(drip) as server:
        job = job_for(server.port, tmp_path, requests=Requests(paths=("/",), timeout_s=0.4), options={"client": client})
        with engine_child("locust", job) as engine:
            done = engine.run(duration_s=0.6)
            engine.finish(tmp_path)
    assert set(done.outcomes) == {"timeout"}
    assert 0.2 < done.drain_s < 0.6


@pytest.mark.parametrize("client", CLIENTS)
def test_what_each_path_was_answered_with_is_kept(client: str, tmp_path: Path) -> None:
    """A checksum for each path; a later answer that differs is told, with how it begins."""

    def answer(connection, head: bytes, number: int) -> bool:
        body = b"right" if number <= 20 else b"wrong" * 100
        return fixed(response(body))(connection, head, number)

    with answering(answer) as server:
        job = job_for(
            server.port,
            tmp_path,
            Users(count=2, spawn_rate_per_s=100, wait_min_s=0.01, wait_max_s=0.03),
            requests=Requests(paths=("/one?id={id}", "/other"), first_id=4, last_id=4),
            options={"client": client},
        )
        with engine_child("locust", job) as engine:
            done = engine.run(duration_s=1.0)
            engine.finish(tmp_path)
    answers = Answers.from_bytes((tmp_path / "stack" / ANSWERS_FILE).read_bytes())
    assert answers.by_path() == dict.fromkeys(("/one?id=4", "/other"), checksum_of(b"right"))
    assert set(done.outcomes) == {"ok"}
    assert {each.path for each in done.disputed} == {"/one?id=4", "/other"}
    assert {each.body for each in done.disputed} == {"wrong" * 40}


@pytest.mark.parametrize("client", CLIENTS)
def test_an_idle_connection_that_was_closed_is_no_failure(client: str, tmp_path: Path) -> None:
    """A server that closes each second time, as the request comes, causes a race to be counted and no failure.

    A request is repeated once at most: the server sees each request once, and the raced ones twice.
    """
    races = every(2, fixed(b"", go_on=False), fixed(response()))
    with answering(races) as server:
        job = job_for(
            server.port,
            tmp_path,
            Users(count=1, spawn_rate_per_s=1, wait_min_s=0.02, wait_max_s=0.02),
            options={"client": client},
        )
        with engine_child("locust", job) as engine:
            done = engine.run(duration_s=1.0, warmup_s=0.2)
            recording = engine.finish(tmp_path)
    connects, raced = recording.events.totals(len(EVENTS))
    assert set(done.outcomes) == {"ok"}
    assert raced == pytest.approx(done.outcomes["ok"], abs=1)
    assert connects == pytest.approx(raced, abs=1)
    assert server.connections == pytest.approx(len(server.heads) / 2, abs=1)
