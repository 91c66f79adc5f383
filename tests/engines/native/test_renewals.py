"""Where a turn begins and ends: many short turns find what one long load would."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from support.answering import Answer, answering, response
from support.engines import EngineChild, engine_child, job_for
from wsgibench.model.engine import LoadDone, Ready, RunLoad
from wsgibench.model.load import Connections, Load, Rate
from wsgibench.model.recording import BUCKETS, Recording, bucket_middle_s

pytestmark = pytest.mark.alone


def by_workers(count: int, takes_s: float, *, pause_s: float = 0.0, every: int = 0) -> Answer:
    """So many workers, each busy for ``takes_s`` with a request; every so many requests all stand still for a while."""
    free = threading.Semaphore(count)
    still = threading.Lock()

    def answer(connection, _head, number) -> bool:
        with free:
            if every and number % every == 0:
                with still:
                    time.sleep(pause_s)
            elif every:
                with still:
                    pass
            time.sleep(takes_s)
        connection.sendall(response())
        return True

    return answer


def in_turns(engine: EngineChild, turns: int, **load: float) -> list[LoadDone]:
    engine.wait_for(Ready)
    done = []
    for _ in range(turns):
        engine.tell(RunLoad(target="stack", phase="steady", **load))
        done.append(engine.wait_for(LoadDone, deadline_s=40))
    return done


def measured(answer: Answer, load: Load, directory: Path, turns: int, **how: float) -> tuple[list[LoadDone], Recording]:
    with answering(answer) as server, engine_child("native", job_for(server.port, directory, load)) as engine:
        done = in_turns(engine, turns, **how)
        return done, engine.finish(directory)


def rate_of(done: list[LoadDone]) -> float:
    return sum(each.completed for each in done) / sum(each.duration_s for each in done)


def quantile_s(recording: Recording, share: float) -> float:
    totals = recording.latency.totals(BUCKETS)
    return float(np.quantile(np.repeat(bucket_middle_s(np.arange(BUCKETS)), totals), share))


@pytest.mark.parametrize(
    ("workers", "takes_s"),
    [
        (2, 0.02),
        (2, 0.15),
        (1, 0.5),
        *(pytest.param(*each, marks=pytest.mark.long) for each in [(1, 0.02), (1, 0.15), (2, 0.5)]),
    ],
)
def test_throughput_is_that_of_the_workers_whatever_a_turn_has_time_for(
    tmp_path: Path, workers: int, takes_s: float
) -> None:
    """Turns of 0.2 s, in which a worker gives ten answers, one, or none at all: the rate is right within 4 %.

    A turn that ends by the clock is off by up to one answer a worker, which is all that it has.
    """
    load = Connections(count=2 * workers)
    done, _ = measured(by_workers(workers, takes_s), load, tmp_path, 3, duration_s=0.2, warmup_s=0.03, patience_s=5.0)
    assert rate_of(done) == pytest.approx(workers / takes_s, rel=0.04)
    assert all(each.has_settled for each in done)


def test_pauses_are_in_the_record_as_often_as_they_happen(tmp_path: Path) -> None:
    """A server that stands still for 0.4 s every 100 requests, asked 100 times a second.

    Each turn of 0.2 s alone would rarely see the whole of a pause: what falls due in it would never be sent.
    """
    load = Rate(start_per_s=100, end_per_s=100)
    pausing = partial(by_workers, 1, 0.002, pause_s=0.4, every=100)
    (tmp_path / "long").mkdir()
    (tmp_path / "turns").mkdir()
    turns = {"duration_s": 0.2, "warmup_s": 0.03, "patience_s": 3.0}
    with ThreadPoolExecutor() as side_by_side:
        one = side_by_side.submit(measured, pausing(), load, tmp_path / "long", 1, duration_s=10.0)
        many = side_by_side.submit(measured, pausing(), load, tmp_path / "turns", 30, **turns)
    totals = [found.result()[1].latency.totals(BUCKETS) for found in (one, many)]
    affected = [total[bucket_middle_s(np.arange(BUCKETS)) > 0.05].sum() / total.sum() for total in totals]
    assert affected[0] > 0.3
    assert affected[1] == pytest.approx(affected[0], abs=0.12)


def test_a_rate_that_is_too_high_is_told(tmp_path: Path) -> None:
    """Two workers of 20 ms, asked 150 times a second: sending ends with requests piling up."""
    load = Rate(start_per_s=150, end_per_s=150)
    done, _ = measured(by_workers(2, 0.02), load, tmp_path, 1, duration_s=0.5, patience_s=1.0)
    assert not done[0].has_settled
    assert done[0].pending > 20
    assert done[0].completed / done[0].duration_s < 110


def test_half_of_what_workers_bear_is_kept_up_with(tmp_path: Path) -> None:
    """Two workers of 20 ms at 50/s: each turn settles, and the typical latency is that of an idle worker."""
    load = Rate(start_per_s=50, end_per_s=50)
    done, recording = measured(
        by_workers(2, 0.02), load, tmp_path, 12, duration_s=0.4, warmup_s=0.05, patience_s=2.0, typical=1
    )
    assert all(each.has_settled and each.pending == 0 for each in done)
    assert quantile_s(recording, 0.5) == pytest.approx(0.0205, abs=0.002)


def test_all_answers_are_counted_for_the_processors(tmp_path: Path) -> None:
    """``answered`` has those of the lead and of the drain; a server counts the same."""
    with (
        answering(by_workers(2, 0.01)) as server,
        engine_child("native", job_for(server.port, tmp_path, Connections(count=8))) as engine,
    ):
        done = in_turns(engine, 3, duration_s=0.1, warmup_s=0.05, patience_s=1.0)
        assert sum(each.answered for each in done) == len(server.heads)
        assert all(each.answered > each.completed for each in done)


def test_the_longest_gap_tells_of_a_pause(tmp_path: Path) -> None:
    pausing = by_workers(2, 0.005, pause_s=0.3, every=40)
    done, _ = measured(pausing, Connections(count=4), tmp_path, 1, duration_s=0.5, patience_s=1.0)
    assert done[0].longest_gap_s == pytest.approx(0.3, abs=0.06)


@pytest.mark.parametrize("connections", [1, 8])
def test_several_processes_find_what_one_does(tmp_path: Path, connections: int) -> None:
    """Two processes share the connections, or one of them has none: the rate is that of the two workers."""
    load = Connections(count=connections)
    with (
        answering(by_workers(2, 0.05)) as server,
        engine_child("native", job_for(server.port, tmp_path, load, processes=2)) as engine,
    ):
        done = in_turns(engine, 2, duration_s=0.4, warmup_s=0.03, patience_s=3.0)
    assert all(each.duration_s < 1.5 for each in done)
    assert rate_of(done) == pytest.approx(min(connections, 2) / 0.05, rel=0.35)
