"""What slow_apps.py runs: one app of known behaviour under one load, in turns or in one piece, by the command line."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

APPS = Path(__file__).parent.parent / "tests" / "apps"
LOOPS_TRIED = 2000
TARGETS = {
    "sleeps": "delayed:app",
    "computes": "computes:app",
    "pauses-by-count": "pauses_by_count:app",
    "pauses-by-time": "pauses_by_time:app",
    "pauses-by-memory": "pauses_by_memory:app",
}
PAUSE_EVERY, PAUSE_S, PAUSE_RATE = 500, 1.0, 200.0


@dataclass(frozen=True)
class Cell:
    """An app: its kind, how long an answer takes (0 for those that pause), and how many workers serve it."""

    kind: str
    delay_s: float
    workers: int

    @property
    def name(self) -> str:
        """For folders and tables."""
        return f"{self.kind}-{self.delay_s * 1e3:g}ms-w{self.workers}"

    @property
    def pauses(self) -> bool:
        """Whether it stands still now and then."""
        return self.kind.startswith("pauses")


@dataclass(frozen=True)
class Figures:
    """What a trial showed; figures are None where it has none, and ``why_not`` says why it does not count."""

    counts: bool
    why_not: str
    requests: int = 0
    requests_per_s: float | None = None
    p50_s: float | None = None
    p99_s: float | None = None
    cpu_per_request_s: float | None = None


def loops_of(delay_s: float, place: Path) -> int:
    """How often the computing app must do its work to take that long here, by the fastest of ten tries.

    Tried once for each ``place``: all that is compared there computes the same.
    """
    kept = place / "loops.txt"
    if kept.exists():
        return int(kept.read_text())
    numbers, fastest_s = range(100), float("inf")
    for _ in range(10):
        began_s = time.thread_time()
        for _ in range(LOOPS_TRIED):
            sum(numbers)
        fastest_s = min(fastest_s, time.thread_time() - began_s)
    loops = max(round(delay_s / fastest_s * LOOPS_TRIED), 1)
    place.mkdir(parents=True, exist_ok=True)
    kept.write_text(str(loops))
    return loops


def app_options(cell: Cell, place: Path) -> Iterator[str]:
    """The options of ``wsgibench run`` that name the app and tell it what to do."""
    yield from ("--app", TARGETS[cell.kind], "--chdir", str(APPS), "--workers", str(cell.workers))
    env = {
        "DELAY_MS": f"{cell.delay_s * 1e3:g}",
        "COMPUTE_LOOPS": str(loops_of(cell.delay_s, place)) if cell.kind == "computes" else "1",
        "PAUSE_MS": f"{PAUSE_S * 1e3:g}",
        "PAUSE_EVERY": str(PAUSE_EVERY),
    }
    for name, value in env.items():
        yield from ("--env", f"{name}={value}")


def measure(
    cell: Cell, place: Path, *, seconds: float, turns: bool, rate_per_s: float | None = None, seed: int = 1
) -> Figures:
    """A trial of that length at that rate, or saturated; one that is done in ``place`` is read, not made again."""
    load = ("--connections", str(4 * cell.workers)) if rate_per_s is None else ("--rate", f"{rate_per_s:.4f}/s")
    if not _done(place):
        _run(
            place,
            seconds * 3 + 120,
            "gunicorn",
            *app_options(cell, place.parent),
            *load,
            "--duration",
            f"{seconds:.3f}s",
            "--blocks",
            "1",
            "--turns",
            "on" if turns else "off",
            "--seed",
            str(seed),
        )
    found = _done(place)
    if found is None:
        return Figures(counts=False, why_not="the run did not end")
    records = [json.loads(path.read_text()) for path in sorted(found.glob("trials/*/trial.json"))]
    return _figures(records[0], "saturated" if rate_per_s is None else "steady") if records else _nothing()


def _nothing() -> Figures:
    return Figures(counts=False, why_not="the run has no trial")


def _run(place: Path, timeout_s: float, *arguments: str) -> None:
    place.mkdir(parents=True, exist_ok=True)
    argv = (sys.executable, "-m", "wsgibench", "run", *arguments, "--pictures", "off", "--out", str(place))
    with (place / "said.txt").open("w") as said:
        try:
            # Exit code 1 is that no trial counts, which is what some rows want.
            subprocess.run(argv, stdout=said, stderr=said, timeout=timeout_s, check=False)
        except subprocess.TimeoutExpired:
            said.write(f"\nended after {timeout_s:.0f} s\n")


def _done(place: Path) -> Path | None:
    """The folder of a finished run."""
    for file in sorted(place.glob("*/run.json")):
        if json.loads(file.read_text())["status"] == "done":
            return file.parent
    return None


def _figures(trial: dict[str, Any], phase: str) -> Figures:
    failed = [gate["name"] for gate in trial["gates"] if not gate["passed"]]
    why_not = trial.get("error") or ", ".join(failed)
    figures = trial["phases"].get(phase)
    if figures is None:
        return Figures(counts=False, why_not=why_not or "the trial has no such phase")
    good = figures["outcomes"].get("ok", 0)
    cpu_s, answers = figures["server_cpu_s"], figures["cpu_requests"] or good
    return Figures(
        counts=trial["status"] == "done" and not failed,
        why_not=why_not,
        requests=good,
        requests_per_s=figures["requests_per_s"],
        p50_s=figures["p50_s"],
        p99_s=figures["p99_s"],
        cpu_per_request_s=cpu_s / answers if cpu_s is not None and answers else None,
    )
