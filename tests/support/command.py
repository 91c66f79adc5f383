"""The command line, run as a user runs it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

APPS = Path(__file__).parent.parent / "apps"
TIMEOUT_S = 60


@dataclass
class Ended:
    """How a command ended, what it said, and how long it took."""

    code: int
    out: str
    err: str
    seconds: float


def run_wsgibench(
    *arguments: str, cwd: Path | None = None, env: dict[str, str] | None = None, timeout_s: float = TIMEOUT_S
) -> Ended:
    """Run the command to its end."""
    began = time.monotonic()
    done = subprocess.run(
        (sys.executable, "-m", "wsgibench", *beside_others(arguments)),
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
        cwd=cwd,
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
    )
    return Ended(done.returncode, done.stdout, done.stderr, time.monotonic() - began)


def beside_others(arguments: Sequence[str]) -> tuple[str, ...]:
    """Arguments of a run that minds nobody beside it, unless they say themselves what it minds: tests run anywhere.

    Nor does it draw, unless they say so: pictures and page take longer than most runs of tests.
    """
    measuring = {"--other-cpu": "100%", "--pictures": "off"}
    settings = {"run": measuring, "capacity": measuring, "resume": {"--pictures": "off"}}
    missing = settings.get(arguments[0], {}) if arguments else {}
    return (*arguments, *(word for name, value in missing.items() if name not in arguments for word in (name, value)))


NOTHING_RANKED = ("No trial counts.", "Too few trials count to rank any stack", "dropped out")


def went_well(code: int, said: str) -> bool:
    """Whether a run did all that it was to do; that its trials count is in a busy machine's hands."""
    return code == 0 or (code == 1 and any(why in said for why in NOTHING_RANKED))


@contextmanager
def serving(
    *arguments: str, env: dict[str, str] | None = None, cwd: Path | None = None, said: list[str] | None = None
) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """``wsgibench serve`` in the background: its URL without the last slash, and its process; ended by Ctrl-C.

    ``said`` gets what it says until then.
    """
    process = subprocess.Popen(
        (sys.executable, "-m", "wsgibench", "serve", "--port", "0", *arguments),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=cwd,
        env={**os.environ, **(env or {})},
    )
    assert process.stdout is not None
    assert process.stderr is not None
    with process:
        try:
            lines = [process.stdout.readline(), process.stdout.readline()]
            assert lines[1].startswith("http://"), lines + process.stderr.readlines()
            if said is not None:
                said += lines
            yield lines[1].strip().rstrip("/"), process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
            process.wait(TIMEOUT_S)


def family_of(pid: int) -> dict[int, float]:
    """A process and all below it: creation times by process id."""
    root = psutil.Process(pid)
    return {process.pid: process.create_time() for process in (root, *root.children(recursive=True))}


def left(family: dict[int, float]) -> list[str]:
    """Command lines of those that still run."""
    found = []
    for pid, created in family.items():
        try:
            process = psutil.Process(pid)
            if process.create_time() == created and process.status() != psutil.STATUS_ZOMBIE:
                found.append(" ".join(process.cmdline()))
        except psutil.NoSuchProcess:
            continue
    return found


def wait_until_gone(family: dict[int, float], *, within_s: float = 10.0) -> None:
    """Fail if any of the family still runs then."""
    end = time.monotonic() + within_s
    while left(family):
        assert time.monotonic() < end, left(family)
        time.sleep(0.05)


def bearing(name: str, value: str) -> list[int]:
    """All processes of the machine, but this, that have this in their environment: whatever we started with it."""
    entry = f"{name}={value}".encode()
    found = []
    for process in psutil.process_iter():
        with suppress(OSError):
            if process.pid != os.getpid() and entry in Path(f"/proc/{process.pid}/environ").read_bytes().split(b"\0"):
                found.append(process.pid)
    return found
