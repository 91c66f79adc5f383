"""The engine's loads, run by the real process against servers of known behaviour."""

import threading
import time
from pathlib import Path

import numpy as np
import pytest

from support.answering import answering, fixed, response
from support.engines import engine_child, job_for, outcomes_of
from wsgibench.model.address import Tcp
from wsgibench.model.engine import EngineJob, Finish, LoadDone, Progress, Ready, RunLoad, Target, Written
from wsgibench.model.load import Connections, Rate, Requests, Users
from wsgibench.model.recording import BUCKETS, EVENTS, Recording, bucket_middle_s

pytestmark = pytest.mark.alone


def latencies_s(recording: Recording, table: str = "latency") -> np.ndarray:
    """All latencies, ascending, each at the middle of its bucket."""
    totals = getattr(recording, table).totals(BUCKETS)
    return np.repeat(bucket_middle_s(np.arange(BUCKETS)), totals)


def connects(recording: Recording) -> int:
    return int(recording.events.totals(len(EVENTS))[EVENTS.index("connects")])


def test_a_stall_is_seen_by_all_who_fell_due_in_it(tmp_path: Path) -> None:
    """A server that stands still for half a second: at 200/s, latencies are spread evenly over the half second."""
    still_until = [0.0]

    def answer(connection, _head, number) -> bool:
        if number == 100:
            still_until[0] = time.monotonic() + 0.5
        time.sleep(max(still_until[0] - time.monotonic(), 0))
        connection.sendall(response())
        return True

    rate = Rate(start_per_s=200, end_per_s=200, arrivals="uniform")
    with answering(answer) as server, engine_child("native", job_for(server.port, tmp_path, rate)) as engine:
        done = engine.run(duration_s=2.0)
        recording = engine.finish(tmp_path)
    latencies = latencies_s(recording)
    assert done.outcomes == {"ok": 400}
    assert np.sum(latencies > 0.05) == pytest.approx(90, abs=4)
    assert np.sum(latencies > 0.25) == pytest.approx(50, abs=4)
    assert recording.latency_sum_s.sum() == pytest.approx(latencies.sum(), rel=0.01)


def test_a_request_waits_for_one_of_so_many_connections(tmp_path: Path) -> None:
    """One connection to a server that takes 25 ms, asked 80 times in a second: waits are in the latency, and end."""
    rate = Rate(start_per_s=80, end_per_s=80, connections_max=1, arrivals="uniform")
    with (
        answering(fixed(response(), delay_s=0.025)) as server,
        engine_child("native", job_for(server.port, tmp_path, rate)) as engine,
    ):
        done = engine.run(duration_s=1.0)
        recording = engine.finish(tmp_path)
    assert done.outcomes == {"ok": 80}
    assert connects(recording) == server.connections == 1
    # Each falls due 12.5 ms after the last and ends 25 ms after it; the last was due 6.25 ms before the end.
    assert done.drain_s > 0.95
    assert latencies_s(recording)[-1] == pytest.approx(done.drain_s + 0.00625, rel=0.01)


def test_what_cannot_be_sent_in_time_is_unsent(tmp_path: Path) -> None:
    """A server that answers nothing on the one connection: one time-out each 0.3 s, all others unsent, none lost."""
    rate = Rate(start_per_s=100, end_per_s=100, connections_max=1, arrivals="uniform")
    requests = Requests(paths=("/",), timeout_s=0.3)
    with (
        answering(fixed(b"")) as server,
        engine_child("native", job_for(server.port, tmp_path, rate, requests=requests)) as engine,
    ):
        done = engine.run(duration_s=1.0)
        recording = engine.finish(tmp_path)
    assert set(done.outcomes) == {"timeout", "unsent"}
    assert sum(done.outcomes.values()) == 100
    assert done.outcomes["timeout"] == pytest.approx(4, abs=1)
    assert done.drain_s < 0.7
    assert recording.latency.count.sum() == done.outcomes["timeout"]


def test_the_record_has_what_fell_due_in_it(tmp_path: Path) -> None:
    """250/s, warm-up apart, over many turns: exactly what the uniform process has in them, lateness of each known."""
    rate = Rate(start_per_s=250, end_per_s=250, arrivals="uniform")
    with answering(fixed(response())) as server, engine_child("native", job_for(server.port, tmp_path, rate)) as engine:
        engine.wait_for(Ready)
        for _ in range(10):
            engine.tell(RunLoad(target="stack", phase="steady", duration_s=0.2, warmup_s=0.1))
        done = [engine.wait_for(LoadDone) for _ in range(10)]
        recording = engine.finish(tmp_path)
    assert [part.outcomes["ok"] for part in done] == [50] * 10
    assert len(server.heads) == 750
    assert outcomes_of(recording) == {"ok": 500}
    assert recording.lateness.count.sum() == 500
    assert np.median(latencies_s(recording, "lateness")) < 0.002
    assert connects(recording) < 20


def test_turns_visit_targets_and_keep_their_connections(tmp_path: Path) -> None:
    """Three targets, two phases, 18 turns: one recording each, connections kept, and none asked out of turn."""
    with (
        answering(fixed(response())) as one,
        answering(fixed(response())) as two,
        answering(fixed(response())) as three,
    ):
        servers = {"one": one, "nginx+two:w6": two, "three": three}
        job = EngineJob(
            targets=tuple(Target(name=name, address=Tcp(port=server.port)) for name, server in servers.items()),
            phases={"steady": Rate(start_per_s=200, end_per_s=200), "saturated": Connections(count=4)},
            requests=Requests(paths=("/",)),
            directory=str(tmp_path),
            seed=1,
        )
        seen: dict[tuple[str, str], int] = {}
        with engine_child("native", job) as engine:
            engine.wait_for(Ready)
            for _ in range(3):
                for name, server in servers.items():
                    for phase in job.phases:
                        others = {other: len(it.heads) for other, it in servers.items() if it is not server}
                        engine.tell(RunLoad(target=name, phase=phase, duration_s=0.1))
                        done = engine.wait_for(LoadDone)
                        assert (done.target, done.phase) == (name, phase)
                        assert pytest.approx(done.duration_s) == 0.1
                        assert done.completed <= done.outcomes["ok"] <= done.completed + 20
                        seen[name, phase] = seen.get((name, phase), 0) + done.outcomes["ok"]
                        assert {other: len(servers[other].heads) for other in others} == others
            engine.tell(Finish())
            written = engine.wait_for(Written).files
            assert engine.process.wait(10) == 0
        assert set(written) == {f"{name}/{phase}.npz" for name in servers for phase in job.phases}
        for (name, phase), count in seen.items():
            recording = Recording.from_bytes((tmp_path / name / f"{phase}.npz").read_bytes())
            assert outcomes_of(recording) == {"ok": count}
        for server in servers.values():
            assert server.connections <= 12


@pytest.mark.parametrize(
    "load",
    [Connections(count=1), Rate(start_per_s=300, end_per_s=300, connections_max=1)],
    ids=["saturated", "rate"],
)
def test_loads_of_the_same_place_ask_for_the_same(load, tmp_path: Path) -> None:
    """Of two targets, in whatever phase, each at its own pace; another place asks for something else."""
    with answering(fixed(response())) as one, answering(fixed(response(), delay_s=0.002)) as two:
        job = EngineJob(
            targets=tuple(Target(name=f"{server.port}", address=Tcp(port=server.port)) for server in (one, two)),
            phases={"steady": load, "saturated": Connections(count=1)},
            requests=Requests(paths=("/{id}",), last_id=10**6),
            directory=str(tmp_path),
            seed=1,
        )
        with engine_child("native", job) as engine:
            engine.wait_for(Ready)
            for server, phase, place in ((one, "steady", 4), (one, "saturated", 5), (two, "saturated", 4)):
                engine.tell(RunLoad(target=f"{server.port}", phase=phase, duration_s=0.2, place=place))
                engine.wait_for(LoadDone)
        assert len(set(one.paths[:20])) == 20
        assert one.paths[:20] == two.paths[:20]
        assert len(set(one.paths)) == len(one.paths)


def test_users_come_one_by_one_and_wait(tmp_path: Path) -> None:
    """40 users at 80/s: half a second of ramp, unrecorded; then each asks and waits, on a connection of its own."""
    users = Users(count=40, spawn_rate_per_s=80, wait_min_s=0.1, wait_max_s=0.3)
    with (
        answering(fixed(response())) as server,
        engine_child("native", job_for(server.port, tmp_path, users)) as engine,
    ):
        before_s = time.monotonic()
        done = engine.run(duration_s=2.0)
        recording = engine.finish(tmp_path)
    assert done.start_s - before_s >= 0.5
    assert done.outcomes["ok"] == pytest.approx(40 * 2.0 / 0.2, rel=0.1)
    assert server.connections == 40
    assert recording.lateness.count.sum() == 0


def test_no_more_users_are_told_than_there_are(tmp_path: Path) -> None:
    """However often they come back."""
    users = Users(count=5, spawn_rate_per_s=1000, wait_min_s=0.01, wait_max_s=0.02)
    with (
        answering(fixed(response())) as server,
        engine_child("native", job_for(server.port, tmp_path, users)) as engine,
    ):
        engine.run(duration_s=2.3)
    told = {event.users for event in engine.events if isinstance(event, Progress)}
    assert told == {5}


def test_connections_ask_as_soon_as_answered(tmp_path: Path) -> None:
    """Three connections to a server that takes 10 ms: all three busy all the time, by Little's law."""
    with (
        answering(fixed(response(), delay_s=0.01)) as server,
        engine_child("native", job_for(server.port, tmp_path, Connections(count=3))) as engine,
    ):
        done = engine.run(duration_s=1.0, warmup_s=0.2)
        recording = engine.finish(tmp_path)
    assert 100 < done.completed <= 302
    assert done.completed * latencies_s(recording).mean() == pytest.approx(3.0, rel=0.04)
    assert server.connections == 3


def test_a_server_that_comes_back_is_asked_again(tmp_path: Path) -> None:
    """Connections that are refused try again, at a pace that leaves the machine alone."""
    with answering(fixed(response())) as first:
        port = first.port
    with engine_child("native", job_for(port, tmp_path, Connections(count=2))) as engine:
        done = engine.run(duration_s=1.0)
    assert set(done.outcomes) == {"refused"}
    assert 100 < done.outcomes["refused"] <= 202


def test_progress_comes_each_second_and_adds_up(tmp_path: Path) -> None:
    """Three seconds at 100/s, the first unrecorded: reports of about 100, the first not measuring."""
    rate = Rate(start_per_s=100, end_per_s=100, arrivals="uniform")
    with (
        answering(fixed(response(), delay_s=0.005)) as server,
        engine_child("native", job_for(server.port, tmp_path, rate)) as engine,
    ):
        engine.run(duration_s=2.5, warmup_s=1.2)
        recording = engine.finish(tmp_path)
    reports = [event for event in engine.events if isinstance(event, Progress)]
    assert [report.measuring for report in reports] == [False, True, True]
    assert [report.requests for report in reports] == pytest.approx([100] * 3, abs=5)
    shortest_s, *_, longest_s = latencies_s(recording)
    assert shortest_s * 1.02 >= 0.005  # a bucket is 2 % wide
    assert shortest_s * 0.98 <= reports[2].mean_latency_s <= longest_s * 1.02


@pytest.mark.parametrize(
    ("load", "expected"),
    [
        (Rate(start_per_s=300, end_per_s=300, arrivals="uniform"), lambda _: 300),
        (Connections(count=3), lambda mean_s: 3 / mean_s),
        (Users(count=20, spawn_rate_per_s=1000, wait_min_s=0.05, wait_max_s=0.07), lambda mean_s: 20 / (mean_s + 0.06)),
    ],
    ids=["rate", "connections", "users"],
)
def test_two_processes_share_a_load(load, expected, tmp_path: Path) -> None:
    """Together they do in a second what one would of answers that take so long; events and recordings are of both, and
    their own directories are gone.
    """
    with (
        answering(fixed(response(), delay_s=0.01)) as server,
        engine_child("native", job_for(server.port, tmp_path, load, processes=2)) as engine,
    ):
        done = engine.run(duration_s=1.0)
        recording = engine.finish(tmp_path)
    assert set(done.outcomes) == {"ok"}
    assert done.outcomes["ok"] == pytest.approx(expected(latencies_s(recording).mean()), rel=0.14)
    assert outcomes_of(recording) == done.outcomes
    assert len(latencies_s(recording)) == done.outcomes["ok"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["engine.log", "job.json", "stack"]


def test_two_processes_ask_for_nothing_twice(tmp_path: Path) -> None:
    """Each has a place of its own in the order."""
    requests = Requests(paths=("/{id}",), last_id=10**6)
    with answering(fixed(response())) as server:
        job = job_for(server.port, tmp_path, Connections(count=2), processes=2, requests=requests)
        with engine_child("native", job) as engine:
            engine.wait_for(Ready)
            for place in (6, 7):
                engine.tell(RunLoad(target="stack", phase="steady", duration_s=0.2, place=place))
                engine.wait_for(LoadDone)
    assert len(set(server.paths)) == len(server.paths) > 20


def test_uniform_arrivals_of_two_processes_interleave(tmp_path: Path) -> None:
    """Their gaps are all alike, as those of one would be."""
    moments: list[float] = []
    lock = threading.Lock()

    def answer(connection, _head, _number) -> bool:
        with lock:
            moments.append(time.monotonic())
        connection.sendall(response())
        return True

    rate = Rate(start_per_s=20, end_per_s=20, arrivals="uniform")
    with (
        answering(answer) as server,
        engine_child("native", job_for(server.port, tmp_path, rate, processes=2)) as engine,
    ):
        engine.run(duration_s=1.5)
    assert np.median(np.diff(moments)) == pytest.approx(0.05, abs=0.02)
    assert len(moments) == 30


def test_a_broken_job_or_command_is_told(tmp_path: Path) -> None:
    """A target that is not in the job: Failed with a sentence, and exit code 1."""
    with engine_child("native", job_for(1, tmp_path, Connections(count=1))) as engine:
        engine.wait_for(Ready)
        engine.tell(RunLoad(target="other", phase="steady", duration_s=1))
        with pytest.raises(AssertionError, match="no target 'other'"):
            engine.wait_for(LoadDone)
        assert engine.process.wait(5) == 1


def test_idle_connections_of_another_phase_do_not_lift_the_limit(tmp_path: Path) -> None:
    """Eight connections were open before; a rate that may use two uses two."""
    under_way, most, lock = 0, [0], threading.Lock()

    def answer(connection, _head, _number) -> bool:
        nonlocal under_way
        with lock:
            under_way += 1
            most[0] = max(most[0], under_way)
        time.sleep(0.02)
        with lock:
            under_way -= 1
        connection.sendall(response())
        return True

    phases = {
        "saturated": Connections(count=8),
        "steady": Rate(start_per_s=300, end_per_s=300, connections_max=2, arrivals="uniform"),
    }
    with answering(answer) as server, engine_child("native", job_for(server.port, tmp_path, phases=phases)) as engine:
        engine.wait_for(Ready)
        engine.tell(RunLoad(target="stack", phase="saturated", duration_s=0.3))
        engine.wait_for(LoadDone)
        most[0] = 0
        engine.tell(RunLoad(target="stack", phase="steady", duration_s=0.5))
        done = engine.wait_for(LoadDone)
    assert done.outcomes == {"ok": 150}
    assert most[0] == 2
