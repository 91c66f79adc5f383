"""What a viewer of the live page costs the stacks that are measured.

One run in which the blocks take turns: nobody watches; a viewer has the page made and watches its events
(the process that --serve starts: on the engine's cores, SCHED_IDLE); or, as it might have been built, a thread of the
process that leads the run makes the page and the events. Medians over the trials of each way,
each by its stack's where nobody watches, and their ranges.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
from math import exp, log
from pathlib import Path
from statistics import mean, median

import msgspec

from wsgibench.analysis.verdict import verdict_of
from wsgibench.bench.apps import sample_app
from wsgibench.bench.cores import available_cores, split_cores
from wsgibench.bench.experiment import begin, carry_out
from wsgibench.bench.planning import plan_of
from wsgibench.bench.run_options import RunOptions
from wsgibench.cli.live import page_port, served
from wsgibench.cli.progress.board import Board
from wsgibench.model.run import FinishedRun
from wsgibench.report.page import page_of
from wsgibench.runs.folder import RunFolder

WAYS = ("nobody", "a viewer", "a thread")
VIEWER = """
import os, sys, urllib.request
os.sched_setaffinity(0, map(int, sys.argv[2].split(",")))
os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
urllib.request.urlopen(sys.argv[1]).read()
for line in urllib.request.urlopen(sys.argv[1] + "events"):
    pass
"""


class Audience:
    """Watches in the way of the block at hand, until it is ended."""

    def __init__(self, folder: RunFolder, board: Board) -> None:
        self._folder = folder
        self._board = board
        self._cores = ",".join(map(str, split_cores(available_cores()).engine))
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def end(self) -> None:
        """Leave."""
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        seen, viewer = 0, None
        while not self._ended.wait(0.1):
            snapshot = self._board.snapshot()
            if snapshot is None or snapshot.block == seen:
                continue
            seen = snapshot.block
            if viewer is not None:
                viewer.kill()
                viewer.wait()
                viewer = None
            if way_of(seen) == "a viewer":
                url = self._board.notes[0].rpartition(" ")[2]
                viewer = subprocess.Popen((sys.executable, "-c", VIEWER, url, self._cores))
            elif way_of(seen) == "a thread":
                page_of(self._folder, verdict_of(self._folder), live=True)
                while self._board.snapshot().block == seen and not self._ended.wait(1.0):
                    msgspec.json.encode(self._board.snapshot())
        if viewer is not None:
            viewer.kill()
            viewer.wait()


def way_of(block: int) -> str:
    """Which way it is in that block."""
    return WAYS[block % len(WAYS)]


def measure(parent: Path, stacks: tuple[str, ...], *, blocks: int, seconds: float) -> FinishedRun:
    """The run."""
    plan = plan_of(
        RunOptions(
            app=sample_app(directory="/", python=sys.executable),
            stacks=stacks,
            rate="250/s",
            connections=32,
            duration_s=seconds * blocks,
            warmup_s=0.4,
            blocks=blocks,
        )
    )
    folder, board = begin(plan, parent), Board()
    with served(folder, board, page_port(0)) as over:
        audience = Audience(folder, board)
        try:
            return carry_out(folder, board)
        finally:
            audience.end()
            over()


FIGURES = {
    "saturated: requests/s": lambda trial: trial.phases["saturated"].requests_per_s,
    "saturated: p99": lambda trial: trial.phases["saturated"].p99_s,
    "steady: p50": lambda trial: trial.phases["steady"].p50_s,
    "steady: p99": lambda trial: trial.phases["steady"].p99_s,
    "steady: sent late, p99": lambda trial: trial.phases["steady"].lateness_p99_s,
    "beside the load, s": lambda trial: trial.overhead_s,
}


def ratios(run: FinishedRun, figure: str) -> dict[str, list[float]]:
    """By way, one for each trial: its figure by its stack's geometric mean where nobody watched.

    The first block of each way, in which modules are loaded, is left out.
    """
    logarithms: dict[str, dict[str, list[float]]] = {way: {} for way in WAYS}
    for trial in run.trials:
        if trial.block > len(WAYS) and trial.phases:
            its = logarithms[way_of(trial.block)].setdefault(trial.stack.label, [])
            its.append(log(FIGURES[figure](trial)))
    return {
        way: [exp(one - mean(logarithms["nobody"][stack])) for stack, its in stacks.items() for one in its]
        for way, stacks in logarithms.items()
    }


def main() -> None:
    """Measure, print a table, write JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stacks", nargs="+", default=["gunicorn", "waitress", "nginx+gunicorn"], help="to measure")
    parser.add_argument("--blocks", type=int, default=12, help="blocks, of all ways together (default: 12)")
    parser.add_argument("--seconds", type=float, default=0.6, help="of each load in a block (default: 0.6)")
    parser.add_argument("--out", type=Path, default=Path("results/live_page.json"), help="where the JSON goes")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as parent:
        run = measure(Path(parent), tuple(arguments.stacks), blocks=arguments.blocks, seconds=arguments.seconds)
    found = {figure: ratios(run, figure) for figure in FIGURES}
    print(f"{'by what it is where nobody watches':<36}" + "".join(f"{way:>24}" for way in WAYS))
    for figure, ways in found.items():
        cells = [f"{median(its):.2f} ({min(its):.2f} to {max(its):.2f})" for its in ways.values()]
        print(f"{figure:<36}" + "".join(f"{cell:>24}" for cell in cells))
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(json.dumps({"cores": os.cpu_count(), "ratios": found}, indent=1) + "\n")


if __name__ == "__main__":
    main()
