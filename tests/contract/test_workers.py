"""How many workers and threads run is counted right, and all of them have answered before anything is measured."""

import os
import time

import pytest

from support.answering import answering, fixed, response
from support.here import HERE
from support.serving import app_for
from wsgibench.analysis.gates.evidence import Evidence
from wsgibench.analysis.gates.workers import workers as gate
from wsgibench.bench.warmup import warm_up
from wsgibench.contract.choice import each
from wsgibench.contract.serving import Served, stack
from wsgibench.contract.started import POLL_S
from wsgibench.deploy.workers import count_workers
from wsgibench.model.address import Tcp
from wsgibench.model.load import Requests
from wsgibench.model.plan import Thresholds
from wsgibench.model.stack import DIRECT, Stack
from wsgibench.model.trial import WorkerCount
from wsgibench.monitors._processes import ProcessTable
from wsgibench.monitors._workers import Replaced
from wsgibench.processes.request import send
from wsgibench.processes.workers import listening_children
from wsgibench.servers import SERVERS

NAMES = SERVERS.names()
DELAYS_MS = (0.2, 20, 300)
SLOWEST_MS = 1200


def stack_of(name: str, workers: int, threads: int) -> Stack:
    proxy = DIRECT if SERVERS.get(name).protocol == "http" else "nginx"
    return Stack(server=name, proxy=proxy, workers=workers, threads=threads)


def settled(served: Served, wanted: Stack) -> WorkerCount:
    """What runs once it is what was asked for, ten seconds later at the latest; servers start one after another.

    So do the threads of each: a worker that takes requests already may not have all.
    """
    deadline = time.monotonic() + 10
    while True:
        count = count_workers(HERE, wanted, served.server.process.pid)
        has_threads = (count.threads_found or 0) >= (count.threads_asked or 0)
        if (count.found == count.asked and has_threads) or time.monotonic() > deadline:
            return count
        time.sleep(POLL_S)


def evidence(*counts: WorkerCount) -> Evidence:
    return Evidence(
        phases=(),
        samples=(),
        expected_samples=0,
        monitor_died=False,
        monitor_warnings=(),
        restarts=0,
        idle_cpu_share=None,
        thresholds=Thresholds(),
        worker_counts=counts,
    )


@pytest.mark.parametrize(
    ("workers", "threads"),
    [(2, 1), (4, 4), *(pytest.param(*each, marks=pytest.mark.long) for each in ((1, 1), (4, 1), (1, 4), (2, 4)))],
)
@pytest.mark.parametrize("name", each(NAMES))
def test_a_server_that_runs_as_it_was_told_passes_the_gate(name: str, workers: int, threads: int) -> None:
    """Whatever master, router and threads it has beside its workers."""
    wanted = stack_of(name, workers, threads)
    with stack(
        name, app_for(name, "hello:app"), proxied=wanted.proxy != DIRECT, workers=workers, threads=threads
    ) as served:
        count = settled(served, wanted)
        pid = served.server.process.pid
        seen = Replaced((pid,))
        seen.update(ProcessTable())
        assert {worker for worker, _ in seen._workers} == set(listening_children(pid)), "whose replacement is counted"
    assert count.asked == (workers if SERVERS.get(name).has_workers else 1)
    result = gate(evidence(count))
    assert result is not None
    assert result.passed, result.cause


@pytest.mark.parametrize("name", each(name for name in NAMES if SERVERS.get(name).has_workers))
@pytest.mark.parametrize(("asked", "runs"), [(4, 1), (1, 2)])
def test_a_server_that_runs_with_other_workers_fails_the_gate(name: str, asked: int, runs: int) -> None:
    """One worker where four were asked for, and two where it was one."""
    with stack(name, app_for(name, "hello:app"), workers=runs) as served:
        assert settled(served, stack_of(name, runs, 1)).found == runs
        result = gate(evidence(count_workers(HERE, stack_of(name, asked, 1), served.server.process.pid)))
    assert result is not None
    assert not result.passed
    assert (result.figure, result.threshold) == (runs, asked)


@pytest.mark.parametrize("name", each(name for name in NAMES if SERVERS.get(name).threads_at_least(1, 4)))
def test_a_server_that_runs_with_fewer_threads_fails_the_gate(name: str) -> None:
    with stack(name, app_for(name, "hello:app"), workers=2, threads=1) as served:
        assert settled(served, stack_of(name, 2, 1)).found
        result = gate(evidence(count_workers(HERE, stack_of(name, 2, 4), served.server.process.pid)))
    assert result is not None
    assert not result.passed


def test_workers_that_are_lost_on_the_way_fail_the_gate() -> None:
    """Both looks count; without any, there is no result."""
    all_there, two_gone = WorkerCount(asked=4, found=4), WorkerCount(asked=4, found=2)
    result = gate(evidence(all_there, two_gone))
    assert result is not None
    assert not result.passed
    assert result.cause == "2 of 4 workers ran."
    assert gate(evidence()) is None


@pytest.mark.parametrize("delay_ms", DELAYS_MS)
@pytest.mark.parametrize("name", each(NAMES))
def test_every_worker_answers_before_anything_is_measured(name: str, delay_ms: float) -> None:
    """Also where a worker sleeps, and so uses next to no CPU."""
    assert warmed_up(name, delay_ms) == 1.0


@pytest.mark.parametrize("name", ["gunicorn", "uwsgi", "granian"])
def test_workers_that_take_more_than_a_second_are_waited_for(name: str) -> None:
    began_s = time.monotonic()
    assert warmed_up(name, SLOWEST_MS) == 1.0
    assert time.monotonic() - began_s < 15 * SLOWEST_MS / 1000


def warmed_up(name: str, delay_ms: float) -> float:
    """The share of workers that have answered, of two, after the warm-up."""
    wanted = stack_of(name, 2, 1)
    env = {"DELAY_MS": str(delay_ms)}
    with stack(name, app_for(name, "delayed:app"), proxied=wanted.proxy != DIRECT, workers=2, env=env) as served:
        assert isinstance(served.address, Tcp)
        requests = Requests(paths=("/",))
        return warm_up(
            HERE, served.address, requests, [["/"]], stack=wanted, server_pid=served.server.process.pid, timeout_s=10.0
        )


def test_the_warm_up_asks_what_the_load_asks() -> None:
    """Method, headers and body are the load's, and every one of its paths has its turn."""
    requests = Requests(paths=("/a", "/b"), method="PUT", headers=(("X-Mine", "mine"),), body="content")
    with answering(fixed(response(b"ok"))) as server:
        wanted = stack_of("waitress", 1, 1)
        warm_up(
            HERE,
            Tcp(port=server.port),
            requests,
            [["/a"], ["/b"]],
            stack=wanted,
            server_pid=os.getpid(),
            timeout_s=10.0,
        )
    assert set(server.paths) == {"/a", "/b"}
    for head in server.heads:
        assert head.startswith(b"PUT ")
        assert b"X-Mine: mine" in head
        assert b"Content-Length: 7" in head


@pytest.mark.parametrize("name", ["gunicorn", "nginx+uwsgi"])
def test_every_worker_has_answered_a_page_of_each_kind(name: str) -> None:
    """What an app loads at the first POST of each kind in each process is loaded: the load waits for none of it."""
    server = name.removeprefix("nginx+")
    requests = Requests(paths=("/a", "/b"), method="POST", body="content")
    with stack(
        server, app_for(server, "loads_at_first:app"), proxied="+" in name, workers=4, env={"LOAD_S": "0.2"}
    ) as served:
        assert isinstance(served.address, Tcp)
        wanted = stack_of(server, 4, 1)
        warm_up(
            HERE,
            served.address,
            requests,
            [["/a"], ["/b"]],
            stack=wanted,
            server_pid=served.server.process.pid,
            timeout_s=10.0,
        )
        loaded = [
            send(served.address, path, timeout_s=5, like=requests).body for _ in range(40) for path in requests.paths
        ]
    assert set(loaded) == {b"known"}


def test_the_warm_up_of_an_app_that_never_answers_ends() -> None:
    """Its failures are for the gates to count: it takes its three seconds, and the time-out of what was asked last."""
    with answering(lambda _connection, _head, _number: True) as server:
        requests = Requests(paths=("/",), timeout_s=1.0)
        began_s = time.monotonic()
        warm_up(
            HERE,
            Tcp(port=server.port),
            requests,
            [["/"]],
            stack=stack_of("waitress", 2, 1),
            server_pid=os.getpid(),
            timeout_s=1.0,
        )
    assert time.monotonic() - began_s < 8
