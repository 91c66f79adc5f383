"""Several processes on one machine."""

import os
import signal
from pathlib import Path

import psutil
import pytest

from support.answering import answering, fixed, response
from support.engines import engine_child, job_for, outcomes_of
from wsgibench.model.engine import Failed, Progress, Ready, RunLoad
from wsgibench.model.load import Requests, Users
from wsgibench.model.recording import EVENTS

USERS = Users(count=12, spawn_rate_per_s=12, wait_min_s=0.08, wait_max_s=0.12)


def test_two_processes_share_the_users_and_merge_their_records(tmp_path: Path) -> None:
    """Together they are as many users as asked for, on as many connections, and no request is lost or counted twice."""
    with answering(fixed(response(), delay_s=0.01)) as server:
        job = job_for(
            server.port, tmp_path, USERS, processes=2, requests=Requests(paths=("/{id}",), last_id=10**9, timeout_s=2.0)
        )
        with engine_child("locust", job) as engine:
            done = engine.run(duration_s=2.0, warmup_s=0.5, deadline_s=40)
            assert len(psutil.Process(engine.process.pid).children()) == 2
            recording = engine.finish(tmp_path)
    measured = [event for event in engine.events if isinstance(event, Progress) and event.measuring]
    assert max(event.users for event in measured) == 12
    assert sum(done.outcomes.values()) == pytest.approx(12 * 2.0 / 0.11, rel=0.15)
    assert outcomes_of(recording) == done.outcomes == {"ok": recording.latency.count.sum()}
    assert done.completed == pytest.approx(done.outcomes["ok"], abs=12)
    assert server.connections == 12
    assert recording.events.totals(len(EVENTS)).sum() == 0  # all connections were there before
    assert len(set(server.paths)) == len(server.paths)  # each has a place of its own in the order
    assert 0.02 < done.cpu_s < 2


def test_a_lost_process_is_told(tmp_path: Path) -> None:
    """When one of two processes is killed, the engine fails and says so; nothing is left."""
    with (
        answering(fixed(response())) as server,
        engine_child("locust", job_for(server.port, tmp_path, USERS, processes=2)) as engine,
    ):
        engine.wait_for(Ready)
        engine.tell(RunLoad(target="stack", phase="steady", duration_s=30))
        engine.wait_for(Progress)
        family = psutil.Process(engine.process.pid).children()
        os.kill(family[0].pid, signal.SIGKILL)
        failed = engine.wait_for(Failed)
        assert failed.message == "A Locust worker on this machine has ended."
        assert engine.process.wait(5) == 1
        assert psutil.wait_procs(family, timeout=5)[1] == []


def test_processes_stay_on_their_cores(tmp_path: Path) -> None:
    """The engine and its workers run on the cores of the job."""
    core = min(os.sched_getaffinity(0))
    with engine_child("locust", job_for(9, tmp_path, USERS, processes=2, cores=(core,))) as engine:
        engine.wait_for(Ready)
        process = psutil.Process(engine.process.pid)
        assert [p.cpu_affinity() for p in (process, *process.children())] == [[core]] * 3
