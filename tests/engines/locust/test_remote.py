"""Workers on other machines: the engine and the app in one network namespace, the workers in another."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from support.engines import EngineChild, engine_child, job_for, outcomes_of
from wsgibench.model.address import Tcp
from wsgibench.model.engine import Failed, Progress, Ready, RunLoad, Target, Waiting
from wsgibench.model.load import Requests, Users

BENCH, ELSEWHERE = "198.18.7.1", "198.18.7.2"
"""Of the range that RFC 2544 keeps for benchmarks; here between two ends of one virtual cable."""

USERS = Users(count=8, spawn_rate_per_s=8, wait_min_s=0.08, wait_max_s=0.12)


@dataclass(frozen=True)
class Cable:
    """Two network namespaces that reach each other and nothing else."""

    bench: str
    elsewhere: str

    def inside(self, namespace: str) -> tuple[str, ...]:
        """What to put before a command."""
        return ("ip", "netns", "exec", namespace)


def ip(*arguments: str) -> None:
    subprocess.run([shutil.which("ip") or "ip", *arguments], check=True, capture_output=True)


@pytest.fixture
def cable() -> Iterator[Cable]:
    if os.geteuid() != 0 or shutil.which("ip") is None:
        pytest.skip("needs root and the command ip (iproute2) to make network namespaces")
    names = Cable(f"wb{os.getpid()}a", f"wb{os.getpid()}b")
    with ExitStack() as stack:
        try:
            for name in (names.bench, names.elsewhere):
                ip("netns", "add", name)
                stack.callback(ip, "netns", "delete", name)
            ip("-n", names.bench, "link", "add", "veth0", "type", "veth", "peer", "veth0", "netns", names.elsewhere)
        except subprocess.CalledProcessError as exc:
            pytest.skip(f"this machine makes no network namespaces: {exc.stderr.decode().strip()}")
        for name, address in ((names.bench, BENCH), (names.elsewhere, ELSEWHERE)):
            ip("-n", name, "address", "add", f"{address}/30", "dev", "veth0")
            ip("-n", name, "link", "set", "veth0", "up")
            ip("-n", name, "link", "set", "lo", "up")
        yield names


@contextmanager
def started(arguments: tuple[str, ...], log: Path) -> Iterator[subprocess.Popen]:
    with (
        log.open("wb") as output,
        subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=output, stderr=output) as process,
    ):
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def app(cable: Cable, directory: Path) -> Iterator[Path]:
    """A web server at the bench's end of the cable, port 8000; gives the path of its access log."""
    (directory / "www").mkdir()
    (directory / "www" / "index.html").write_text("ok")
    arguments = ("-u", "-m", "http.server", "8000", "--bind", BENCH, "--protocol", "HTTP/1.1")
    log = directory / "access.log"
    command = (*cable.inside(cable.bench), sys.executable, *arguments, "--directory", str(directory / "www"))
    with started(command, log):
        deadline = time.monotonic() + 10
        while "Serving" not in log.read_text():
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.02)
        yield log


@contextmanager
def remote_engine(cable: Cable, directory: Path, **options: str) -> Iterator[EngineChild]:
    directory.mkdir()
    job = job_for(
        8000,
        directory,
        USERS,
        targets=(Target(name="stack", address=Tcp(host=BENCH, port=8000)),),
        requests=Requests(paths=("/?id={id}",), last_id=10**9, timeout_s=2.0),
        remote_workers=2,
        options={"master-bind-host": BENCH, **options},
    )
    with engine_child("locust", job, cable.inside(cable.bench)) as engine:
        yield engine


def test_workers_elsewhere_make_the_load_trial_after_trial(cable: Cable, tmp_path: Path) -> None:
    """Three are started by the command that the engine tells. Two of them are the users of a trial; for the next, whose
    users are of a locustfile that only the bench has, two are there again without being started anew.
    """
    own = tmp_path / "mine.py"
    own.write_text(
        "from locust import FastHttpUser, constant, task\n"
        "class Mine(FastHttpUser):\n"
        "    wait_time = constant(0.1)\n"
        "    @task\n"
        "    def look(self): self.client.get('/?own')\n"
    )
    with ExitStack() as stack:
        log = stack.enter_context(app(cable, tmp_path))
        with remote_engine(cable, tmp_path / "first") as engine:
            waiting = engine.wait_for(Waiting)
            assert (waiting.workers, waiting.of) == (0, 2)
            assert waiting.command.endswith(f"--master-host={BENCH} --master-port=5557")
            _, *arguments = waiting.command.split()
            command = (*cable.inside(cable.elsewhere), sys.executable, *arguments)
            for number in range(3):
                stack.enter_context(started(command, tmp_path / f"worker{number}.log"))
            done = engine.run(duration_s=2.0, warmup_s=0.3, deadline_s=40)
            recording = engine.finish(tmp_path / "first")
        assert outcomes_of(recording) == done.outcomes == {"ok": recording.latency.count.sum()}
        assert done.outcomes["ok"] == pytest.approx(8 * 2.0 / 0.102, rel=0.2)
        assert max(event.users for event in engine.events if isinstance(event, Progress)) == 8
        asked = log.read_text().splitlines()[1:]
        assert {line.split()[0] for line in asked} == {ELSEWHERE}
        assert not any("?own" in line for line in asked)

        with remote_engine(cable, tmp_path / "second", locustfile=str(own)) as engine:
            done = engine.run(duration_s=1.0, deadline_s=40)
            engine.finish(tmp_path / "second")
        assert set(done.outcomes) == {"ok"}
        again = log.read_text().splitlines()[1 + len(asked) :]
        assert again
        assert all(line.startswith(ELSEWHERE) and "?own" in line for line in again)


def test_a_worker_elsewhere_that_is_lost_is_told(cable: Cable, tmp_path: Path) -> None:
    """A worker that is killed in the middle fails the load within seconds."""
    with ExitStack() as stack:
        stack.enter_context(app(cable, tmp_path))
        engine = stack.enter_context(remote_engine(cable, tmp_path / "trial"))
        _, *arguments = engine.wait_for(Waiting).command.split()
        command = (*cable.inside(cable.elsewhere), sys.executable, *arguments)
        workers = [stack.enter_context(started(command, tmp_path / f"worker{number}.log")) for number in range(2)]
        engine.wait_for(Ready, deadline_s=40)
        engine.tell(RunLoad(target="stack", phase="steady", duration_s=60))
        engine.wait_for(Progress)
        workers[0].send_signal(signal.SIGKILL)
        failed = engine.wait_for(Failed)
        assert failed.message.endswith("is lost.")
        assert engine.process.wait(5) == 1


def test_the_master_listens_on_loopback_alone(tmp_path: Path) -> None:
    """Unless an option says otherwise, no other machine reaches it."""
    job = job_for(9, tmp_path, USERS, remote_workers=1, options={"master-bind-port": "0"})
    with engine_child("locust", job) as engine:
        engine.wait_for(Waiting)
        listening = [c for c in psutil.Process(engine.process.pid).net_connections() if c.status == psutil.CONN_LISTEN]
    assert {connection.laddr.ip for connection in listening} == {"127.0.0.1"}
