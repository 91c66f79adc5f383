"""What every load engine keeps, run as the bench runs it, on servers whose behaviour is known."""

import os
import signal
import socket
import time
from pathlib import Path

import numpy as np
import psutil
import pytest

from support.answering import answering, every, fixed, reset_after, response
from support.engines import SMALL_LOADS, engine_child, job_for, outcomes_of
from wsgibench.engines import ENGINES
from wsgibench.model.answer_table import Answers
from wsgibench.model.answers import checksum_of
from wsgibench.model.engine import Finish, LoadDone, Progress, Ready, RunLoad, Written
from wsgibench.model.load import Load, Requests
from wsgibench.model.recording import BUCKETS, Recording, bucket_middle_s

NAMES = ENGINES.names()
NAMES_AND_LOADS = [(name, load) for name in NAMES for load in sorted(ENGINES.get(name).loads)]


def quantile_s(recording: Recording, share: float) -> float:
    cumulative = recording.latency.totals(BUCKETS).cumsum()
    return float(bucket_middle_s(np.searchsorted(cumulative, share * cumulative[-1])))


def first_load(name: str) -> Load:
    """A load that the engine can make, users where it can."""
    return SMALL_LOADS[max(ENGINES.get(name).loads)]


@pytest.mark.parametrize(("name", "load"), NAMES_AND_LOADS)
def test_a_load_is_run_told_and_written(name: str, load: str, tmp_path: Path) -> None:
    """Ready, Progress, LoadDone, Written come in that order; what was told, written and received agrees."""
    with (
        answering(fixed(response(), delay_s=0.005)) as server,
        engine_child(name, job_for(server.port, tmp_path, SMALL_LOADS[load])) as engine,
    ):
        before_s = time.monotonic()
        done = engine.run(duration_s=2.0)
        recording = engine.finish(tmp_path)
    kinds = [type(event) for event in engine.events]
    assert kinds[0] is Ready
    assert kinds[-2:] == [LoadDone, Written]
    assert Progress in kinds
    assert {event.measuring for event in engine.events if isinstance(event, Progress)} >= {True}
    assert before_s < done.start_s < time.monotonic()
    assert done.duration_s == pytest.approx(2.0, abs=0.2)
    assert 0 < done.cpu_s < 3
    assert set(done.outcomes) == {"ok"}
    assert outcomes_of(recording) == done.outcomes
    assert 0.5 * len(server.paths) <= done.outcomes["ok"] <= len(server.paths)
    assert recording.latency.totals(BUCKETS).sum() == done.outcomes["ok"]
    assert abs(recording.start_s - time.time()) < 60
    mean_s = recording.latency_sum_s.sum() / done.outcomes["ok"]
    assert 0.005 < mean_s < 0.1


@pytest.mark.parametrize("name", NAMES)
def test_latencies_are_true(name: str, tmp_path: Path) -> None:
    """Against a server that answers after 20 ms, half of the recorded latencies are within 1 ms of that.

    Locust's own part is some 0.5 ms of CPU, more on a slow machine.
    """
    beyond_s = {"locust": 0.0025}.get(name, 0.0016)
    with (
        answering(fixed(response(), delay_s=0.020)) as server,
        engine_child(name, job_for(server.port, tmp_path, first_load(name))) as engine,
    ):
        engine.run(duration_s=3.0, warmup_s=0.5)
        recording = engine.finish(tmp_path)
    assert quantile_s(recording, 0.01) >= 0.020
    assert quantile_s(recording, 0.5) < 0.020 + beyond_s


BROKEN = {
    "bad_status": fixed(response(status="500 Internal Server Error")),
    "reset": reset_after(response(b"half of a body")[:-7]),
    "timeout": fixed(response(), delay_s=0.6),
    "malformed": fixed(b"SMTP ready, go on\r\n\r\n", go_on=False),
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("outcome", BROKEN)
def test_failures_are_told_apart(name: str, outcome: str, tmp_path: Path) -> None:
    """Each fifth answer is broken in one way; as many requests, and no others, are counted as ended that way."""
    answer = every(5, BROKEN[outcome], fixed(response()))
    with answering(answer) as server:
        job = job_for(
            server.port,
            tmp_path,
            first_load(name),
            requests=Requests(paths=("/",), timeout_s=0.3),
        )
        with engine_child(name, job) as engine:
            done = engine.run(duration_s=1.5)
            statuses = engine.finish(tmp_path).statuses
    assert set(done.outcomes) == {"ok", outcome}
    assert done.outcomes[outcome] == pytest.approx(sum(done.outcomes.values()) / 5, abs=2)
    # By number, where there is one.
    assert set(statuses.key) == ({500} if outcome == "bad_status" else set())
    assert statuses.count.sum() == (done.outcomes[outcome] if outcome == "bad_status" else 0)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("processes", [1, 2])
def test_what_each_path_was_answered_with_is_kept(name: str, processes: int, tmp_path: Path) -> None:
    """A checksum for each path that was asked; and the first answers that differ from earlier ones are told at once."""

    def answer(connection, head: bytes, number: int) -> bool:
        path = head.split()[1]
        body = b"wrong" if path == b"/3" and number > 60 else path
        return fixed(response(body))(connection, head, number)

    with answering(answer) as server:
        requests = Requests(paths=("/{id}",), first_id=1, last_id=5)
        job = job_for(server.port, tmp_path, first_load(name), requests=requests, processes=processes)
        with engine_child(name, job) as engine:
            done = engine.run(duration_s=2.5, deadline_s=40)
            engine.tell(Finish())
            written = engine.wait_for(Written)
    assert done.outcomes.keys() == {"ok"}
    assert {(each.path, each.body) for each in done.disputed} == {("/3", "wrong")}
    assert {each.before for each in done.disputed} == {checksum_of(b"/3")}
    assert written.answers == ("stack/answers.npz",)
    answers = Answers.from_bytes((tmp_path / "stack/answers.npz").read_bytes()).by_path()
    assert answers == {f"/{number}": checksum_of(b"/%d" % number) for number in range(1, 6)}


@pytest.mark.parametrize("name", NAMES)
def test_nobody_at_home_is_refused(name: str, tmp_path: Path) -> None:
    """All requests to a port where nothing listens end as refused, and none has a latency."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with engine_child(name, job_for(port, tmp_path, first_load(name))) as engine:
        done = engine.run(duration_s=0.5)
        recording = engine.finish(tmp_path)
    assert set(done.outcomes) == {"refused"}
    assert recording.latency.count.sum() == 0


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("how", ["stdin closes", "SIGKILL"])
def test_no_engine_outlives_the_bench(name: str, how: str, tmp_path: Path) -> None:
    """In the middle of a load of two processes, the end of stdin or of the first process ends all of them."""
    with answering(fixed(response())) as server:
        job = job_for(server.port, tmp_path, first_load(name), processes=2)
        with engine_child(name, job) as engine:
            engine.wait_for(Ready, deadline_s=30)
            engine.tell(RunLoad(target="stack", phase="steady", duration_s=60))
            engine.wait_for(Progress)
            family = [psutil.Process(engine.process.pid), *psutil.Process(engine.process.pid).children(recursive=True)]
            if how == "SIGKILL":
                os.kill(engine.process.pid, signal.SIGKILL)
            else:
                engine.process.stdin.close()
            engine.process.wait(5)
            assert psutil.wait_procs(family, timeout=5)[1] == []


@pytest.mark.parametrize("name", NAMES)
def test_finish_without_a_load_writes_nothing(name: str, tmp_path: Path) -> None:
    """An engine that is told to finish at once ends well, with nothing written."""
    with engine_child(name, job_for(9, tmp_path, first_load(name))) as engine:
        engine.wait_for(Ready)
        engine.tell(Finish())
        assert engine.wait_for(Written).files == ()
        assert engine.process.wait(5) == 0
