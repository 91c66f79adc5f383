"""Several engine processes under one: what they say may be read in any order."""

import os
import signal
from pathlib import Path

import msgspec
import pytest

from support.engines import job_for
from support.small_run import latencies
from wsgibench.engines._native.commands import Commands
from wsgibench.engines._native.coordinator import Coordinator
from wsgibench.engines._native.poller import READ, Handler, Poller
from wsgibench.engines._native.sharing import share_of_job
from wsgibench.engines._native.worker import Say, Work, Worker
from wsgibench.errors import EngineError
from wsgibench.model.engine import EngineEvent, EngineJob, Finish, Written

FILE = "stack/steady.npz"


class InThatOrder(Poller):
    """Has one file after another ready, the first worker's again before the coordinator looks up."""

    def __init__(self) -> None:
        super().__init__()
        self.watched: list[Handler] = []
        self.waits = 0

    def watch(self, fd: int, handler: Handler, mask: int = READ) -> None:
        self.watched.append(handler)
        super().watch(fd, handler, mask)

    def wait(self, until_s: float, apart_s: float = 0.0) -> None:  # noqa: ARG002  # it has its own order
        first, second, commands = self.watched
        batches = ((commands,), (first,), (second, first))
        for handler in batches[self.waits]:
            handler(READ)
        self.waits += 1


def write_and_end(job: EngineJob, commands: int, say: Say) -> int:
    """All that a worker does once it is told to finish."""
    os.read(commands, 65536)
    path = Path(job.directory, FILE)
    path.parent.mkdir(parents=True)
    path.write_bytes(latencies([5.0]).to_bytes())
    say(Written(files=(FILE,)))
    return 0


def test_a_worker_that_has_ended_before_the_last_one_has_written_did_not_die(tmp_path: Path) -> None:
    """Its end may be read right after the other's last words, when all is said."""
    job = job_for(1, tmp_path, processes=2)
    workers: list[Worker] = []
    for number in range(2):
        workers.append(Worker(share_of_job(job, number), write_and_end, workers))
    told, tell = os.pipe()
    os.write(tell, msgspec.json.encode(Finish()) + b"\n")
    said: list[EngineEvent] = []
    poller = InThatOrder()
    try:
        coordinator = Coordinator(job, workers, poller, said.append)
        coordinator.obey(Commands(told, poller))
    finally:
        poller.close()
        for worker in workers:
            worker.end()
        os.close(told)
        os.close(tell)
    assert said == [Written(files=(FILE,))]


def fail(job: EngineJob, commands: int, say: Say) -> int:
    raise ValueError("an accident")


def end_oneself(job: EngineJob, commands: int, say: Say) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


@pytest.mark.parametrize(
    ("work", "how", "logged"), [(fail, "exit code 1", "an accident"), (end_oneself, "SIGKILL", "")]
)
def test_a_worker_that_died_is_told_with_how(
    work: Work, how: str, logged: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """What it failed by is in the engine's log, which is where this process writes its errors."""
    job = job_for(1, tmp_path, processes=1)
    told, tell = os.pipe()
    os.write(tell, msgspec.json.encode(Finish()) + b"\n")
    poller, worker = Poller(), Worker(job, work, ())
    try:
        with pytest.raises(EngineError, match=f"Process 1 of the native engine died: {how}"):
            Coordinator(job, (worker,), poller, lambda _: None).obey(Commands(told, poller))
    finally:
        poller.close()
        worker.end()
        os.close(told)
        os.close(tell)
    assert logged in capfd.readouterr().err
