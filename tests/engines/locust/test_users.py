"""The article's users: who they are, when they come, what they ask, and what of it counts."""

import re
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from support.answering import answering, every, fixed, response
from support.engines import engine_child, job_for, outcomes_of
from wsgibench.model.address import Tcp
from wsgibench.model.engine import LoadDone, Progress, Ready, RunLoad, Target
from wsgibench.model.load import Requests, Users
from wsgibench.model.recording import BUCKETS, OUTCOMES, bucket_middle_s

CLIENTS = ("fast", "http")


@pytest.mark.alone
@pytest.mark.parametrize(("client", "within_s"), [("fast", 0.0025), ("http", 0.005)])
def test_times_are_right(client: str, within_s: float, tmp_path: Path) -> None:
    """At 50 requests/s and a delay of 30 ms, the quickest take little more than that, and none takes less.

    ``HttpUser`` itself takes most of a millisecond over a request, and both take more on a machine that is busy. What
    they take on average is no more than they had: users ask as often as leaves time for their waits and their answers.
    """
    with answering(fixed(response(), delay_s=0.030)) as server:
        users = Users(count=10, spawn_rate_per_s=100, wait_min_s=0.12, wait_max_s=0.22)
        with engine_child("locust", job_for(server.port, tmp_path, users, options={"client": client})) as engine:
            done = engine.run(duration_s=4.0, warmup_s=0.5)
            recording = engine.finish(tmp_path)
    mean_s = recording.latency_sum_s.sum() / done.outcomes["ok"]
    had_s = users.count * done.duration_s / done.outcomes["ok"] - users.wait_mean_s
    assert done.outcomes["ok"] / done.duration_s == pytest.approx(users.count / (users.wait_mean_s + mean_s), rel=0.1)
    assert mean_s <= had_s + 0.008  # 2.5 standard deviations of the mean wait, and a request at either end
    cumulative = recording.latency.totals(BUCKETS).cumsum()
    low, quick = (float(bucket_middle_s(np.searchsorted(cumulative, q * cumulative[-1]))) for q in (0.001, 0.02))
    assert low >= 0.030
    assert quick == pytest.approx(0.030, abs=within_s)


@pytest.mark.alone
def test_a_stall_is_seen_where_it_happens(tmp_path: Path) -> None:
    """Answers that take 0.8 s instead of none are in the histogram, each with that time."""
    with answering(every(20, fixed(response(), delay_s=0.8), fixed(response()))) as server:
        users = Users(count=5, spawn_rate_per_s=100, wait_min_s=0.05, wait_max_s=0.05)
        with engine_child("locust", job_for(server.port, tmp_path, users)) as engine:
            done = engine.run(duration_s=3.0)
            recording = engine.finish(tmp_path)
    latency_s = bucket_middle_s(recording.latency.key)
    stalled = recording.latency.count[latency_s > 0.4].sum()
    assert stalled == pytest.approx(done.outcomes["ok"] / 20, abs=2)
    assert np.all(np.abs(latency_s[latency_s > 0.4] - 0.8) < 0.02)
    assert recording.latency_sum_s.sum() == pytest.approx((latency_s * recording.latency.count).sum(), rel=0.002)
    assert recording.latency.second.max() <= 3


@pytest.mark.alone
def test_what_is_sent_before_the_end_is_waited_for(tmp_path: Path) -> None:
    """Requests in flight at the end are recorded when they are answered, and none is sent after it."""
    with answering(fixed(response(), delay_s=0.7)) as server:
        users = Users(count=8, spawn_rate_per_s=100, wait_min_s=0.0, wait_max_s=0.0)
        with engine_child("locust", job_for(server.port, tmp_path, users)) as engine:
            done = engine.run(duration_s=1.0)
            engine.finish(tmp_path)
    assert set(done.outcomes) == {"ok"}
    assert done.duration_s == pytest.approx(1.0, abs=0.05)
    assert 0.2 < done.drain_s < 0.7
    assert len(server.heads) - 8 <= done.outcomes["ok"] <= len(server.heads)


@pytest.mark.alone
def test_nothing_counts_before_all_users_are_there(tmp_path: Path) -> None:
    """Ramp and warm-up are told as not measuring, take as long as they should, and are not in the recording."""
    with answering(fixed(response())) as server:
        users = Users(count=6, spawn_rate_per_s=2, wait_min_s=0.1, wait_max_s=0.1)
        with engine_child("locust", job_for(server.port, tmp_path, users)) as engine:
            before_s = time.monotonic()
            done = engine.run(duration_s=1.0, warmup_s=1.0)
            recording = engine.finish(tmp_path)
    progress = [event for event in engine.events if isinstance(event, Progress)]
    assert [event.measuring for event in progress] == sorted(event.measuring for event in progress)
    assert {event.users for event in progress if event.measuring} == {6}
    assert progress[0].users in {2, 4}
    assert done.start_s - before_s > 3.0  # 2 users at once, 2 after each of 2 s, and the warm-up
    assert sum(done.outcomes.values()) < 70 < len(server.heads)
    assert outcomes_of(recording) == done.outcomes
    assert sum(event.requests for event in progress) > sum(done.outcomes.values())


def test_paths_are_drawn_evenly_and_headers_sent(tmp_path: Path) -> None:
    """Ids cover the range evenly, templates and words too; Host is the target's, other headers are the job's."""
    with answering(fixed(response())) as server:
        job = job_for(
            server.port,
            tmp_path,
            Users(count=20, spawn_rate_per_s=100, wait_min_s=0.005, wait_max_s=0.015),
            targets=(Target(name="stack", address=Tcp(port=server.port), host="quotes.example"),),
            requests=Requests(
                paths=("/quote?id={id}", "/search?q={word}"),
                first_id=11,
                last_id=20,
                words=("love", "war"),
                headers=(("X-Trial", "7"),),
                timeout_s=2.0,
            ),
        )
        with engine_child("locust", job) as engine:
            engine.run(duration_s=2.0)
            engine.finish(tmp_path)
    assert all(b"\r\nHost: quotes.example" in head and b"\r\nX-Trial: 7" in head for head in server.heads)
    seen = Counter(server.paths)
    assert set(seen) == {f"/quote?id={n}" for n in range(11, 21)} | {"/search?q=love", "/search?q=war"}
    each = len(server.paths) / 20
    assert all(abs(seen[f"/quote?id={n}"] - each) < 6 * each**0.5 for n in range(11, 21))
    assert all(abs(seen[f"/search?q={word}"] - 5 * each) < 6 * (5 * each) ** 0.5 for word in ("love", "war"))


def test_users_together_ask_in_the_order_of_all_engines(tmp_path: Path) -> None:
    """Whoever comes next takes the next path: so of two stacks, one of which is slow, both are asked for the same."""
    requests = Requests(paths=("/{id}",), last_id=10**6, timeout_s=2.0)
    users = Users(count=5, spawn_rate_per_s=100, wait_min_s=0.01, wait_max_s=0.05)
    asked = []
    for number, engine_name in enumerate(("locust", "native")):
        directory = tmp_path / str(number)
        directory.mkdir()
        with answering(fixed(response())) as server:
            job = job_for(server.port, directory, users, requests=requests, seed=number, order_seed=3)
            with engine_child(engine_name, job) as engine:
                engine.wait_for(Ready)
                engine.tell(RunLoad(target="stack", phase="steady", duration_s=0.8, place=2))
                engine.wait_for(LoadDone)
        asked.append(server.paths)
    both = min(map(len, asked))
    assert both > 20
    # Two that are sent together may come in either order.
    assert len(set(asked[0][:both]) & set(asked[1][:both])) >= both - 5


@pytest.mark.parametrize("client", CLIENTS)
def test_both_clients_send_the_headers_that_all_send(client: str, tmp_path: Path) -> None:
    """An app that shows them answers no engine otherwise than it answered verification."""
    requests = Requests(paths=("/",), headers=(("X-Trial", "7"), ("Cookie", "a=1"), ("cookie", "b=2")), timeout_s=2.0)
    with answering(fixed(response())) as server:
        job = job_for(server.port, tmp_path, requests=requests, options={"client": client})
        with engine_child("locust", job) as engine:
            engine.run(duration_s=0.3)
            engine.finish(tmp_path)
    wanted = sorted(f"{name}: {value}".lower().encode() for name, value in requests.headers_to("localhost"))
    assert server.heads
    assert all(sorted(head.lower().split(b"\r\n")[1:]) == wanted for head in server.heads)


@pytest.mark.parametrize("client", CLIENTS)
def test_a_body_is_sent(client: str, tmp_path: Path) -> None:
    """Method and length of the body are the job's."""

    def answer(connection, head: bytes, number: int) -> bool:
        return fixed(response(), go_on=False)(connection, head, number)

    with answering(answer) as server:
        requests = Requests(paths=("/add",), method="POST", body='{"a": 1}', timeout_s=2.0)
        job = job_for(server.port, tmp_path, requests=requests, options={"client": client})
        with engine_child("locust", job) as engine:
            engine.run(duration_s=0.5)
            engine.finish(tmp_path)
    assert server.heads
    assert all(h.startswith(b"POST /add ") and re.search(rb"(?i)content-length: 8", h) for h in server.heads)


def test_the_seed_decides_what_a_user_asks(tmp_path: Path) -> None:
    """The same seed gives one user the same paths again, another seed others."""

    def asked(seed: int, name: str) -> list[str]:
        directory = tmp_path / name
        directory.mkdir()
        with answering(fixed(response())) as server:
            users = Users(count=1, spawn_rate_per_s=1, wait_min_s=0.01, wait_max_s=0.02)
            requests = Requests(paths=("/{id}",), last_id=1_000_000)
            with engine_child(
                "locust", job_for(server.port, directory, users, order_seed=seed, requests=requests)
            ) as engine:
                engine.run(duration_s=0.6)
                engine.finish(directory)
        return server.paths[:15]

    with ThreadPoolExecutor() as side_by_side:
        first, again, other = side_by_side.map(asked, (3, 3, 4), ("first", "again", "other"))
    assert len(first) == 15
    assert first == again
    assert first != other


@pytest.mark.alone
def test_each_second_has_its_outcomes(tmp_path: Path) -> None:
    """A server that goes bad after a second is good in the first second of the recording and bad in the last."""
    begin = time.monotonic()

    def answer(connection, head: bytes, number: int) -> bool:
        nonlocal begin
        begin = begin if number > 1 else time.monotonic()
        status = "200 OK" if time.monotonic() - begin < 1.2 else "503 Busy"
        return fixed(response(status=status))(connection, head, number)

    with answering(answer) as server:
        users = Users(count=5, spawn_rate_per_s=100, wait_min_s=0.02, wait_max_s=0.04)
        with engine_child("locust", job_for(server.port, tmp_path, users)) as engine:
            engine.run(duration_s=3.0)
            recording = engine.finish(tmp_path)
    table = {(int(s), OUTCOMES[int(k)]) for s, k in zip(recording.outcomes.second, recording.outcomes.key, strict=True)}
    assert {(0, "ok"), (2, "bad_status")} <= table
    assert not {(0, "bad_status"), (2, "ok")} & table
