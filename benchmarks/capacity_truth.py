"""Capacities of real servers against theory, and of apps that are odd.

gunicorn's sync workers, each held for a known time by sleeping, are a queue with c servers and a constant service time
(M/D/c), whose capacity under a limit is simulated exactly. The time that a request keeps a worker, the server's own
included, is taken from how many a second were answered at rates beyond what the workers can do. What a request takes
that waits for none, connections and the engine's own time included, is the median at the lightest rate: the rest of the
limit is what it may wait. At a limit of 2 d, which few wait so long as to break, a tenth of a millisecond moves the
capacity of one worker by a tenth.

    python benchmarks/capacity_truth.py [--runs 20] [--blocks 4] [--hold 15s] [--workers 2] [--limits 5] [--odd]

Prints a line for each run, and keeps each in results/capacity_truth.json as soon as it is done: all of it takes hours
(nine queues, 20 runs each), and may be had in slices of some workers, limits and runs. A block takes some twelve times
``--hold``; runs that differ in ``--blocks`` or ``--hold`` are kept apart. ``--print`` says what there is so far.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from capacity_simulated import Queue, true_capacity_per_s
from holds import holds
from kept import Kept

from wsgibench.analysis.capacities import figures_by_rate
from wsgibench.analysis.verdict import verdict_of
from wsgibench.model.verdict import Ranking, Standing
from wsgibench.report.conclusions import closing, rows
from wsgibench.runs import RunFolder

APPS = Path(__file__).parent.parent / "tests" / "apps"
RESULT = Path(__file__).parent.parent / "results" / "capacity_truth.json"
HELD_S = 0.005
ODD = (
    ("stands still 1 s in 10", ("gunicorn", "--app", "pauses_by_time:app")),
    ("slower when it has little to do", ("gunicorn", "--workers", "1", "--app", "dozes:app")),
    ("sheds load with 503", ("gunicorn-gthread", "--threads", "8", "--app", "sheds_load:app")),
    ("slow for good after overload", ("waitress", "--threads", "16", "--app", "tires:app")),
)


@dataclass(frozen=True)
class Found:
    """Of a run: its capacity with its interval, the true one, how long a request keeps a worker and takes alone."""

    value_per_s: float
    low_per_s: float | None
    high_per_s: float | None
    true_per_s: float
    service_s: float
    alone_s: float

    @property
    def off(self) -> float:
        """Share by which it is too high."""
        return self.value_per_s / self.true_per_s - 1

    @property
    def covers(self) -> bool | None:
        """Whether the interval holds the truth; None where there is none."""
        return holds(self.low_per_s, self.high_per_s, self.true_per_s)


def measured(arguments: Sequence[str], out: Path, other_cpu: str) -> RunFolder | None:
    """The folder of a run of ``wsgibench capacity``; None where it could not begin."""
    before = set(out.iterdir())
    arguments = (*arguments, "--other-cpu", other_cpu)
    command = (sys.executable, "-m", "wsgibench", "capacity", *arguments, "--chdir", str(APPS), "--out", str(out))
    subprocess.run((*command, "--pictures", "off"), check=False, stdout=subprocess.DEVNULL)
    path = next(iter(set(out.iterdir()) - before), None)
    return None if path is None else RunFolder.open(path)


def capacity_in(folder: RunFolder) -> tuple[Ranking, Standing | None]:
    """The ranking by capacity, and its first; None where nothing is ranked."""
    ranking = next(each for each in verdict_of(folder).rankings if each.objective == "capacity")
    return ranking, next(iter(ranking.standings), None)


def against_theory(workers: int, times: float, *, blocks: int, hold: str, out: Path, other_cpu: str) -> Found | None:
    """A run of gunicorn with so many workers, and a limit of so many times the time that they are held."""
    limit = f"p99 < {times * HELD_S * 1e3:g}ms"
    arguments = ("gunicorn", "--workers", str(workers), "--limit", limit, "--hold", hold, "--blocks", str(blocks))
    folder = measured(
        (*arguments, "--app", "holds_its_worker:app", "--env", f"HOLD_MS={HELD_S * 1e3:g}"), out, other_cpu
    )
    if folder is None or (standing := capacity_in(folder)[1]) is None:
        return None
    trials = folder.read().trials
    answered = [figures.requests_per_s or 0.0 for trial in trials for figures in trial.phases.values()]
    service_s = workers / max(answered)
    lightest = [min(figures_by_rate(trial), key=lambda rung: rung[0])[2] for trial in trials]
    alone_s = median(figures.p50_s or 0.0 for figures in lightest)
    waits_s = times * HELD_S - alone_s
    queue = Queue(workers=workers, times=1 + waits_s / service_s, service_s=service_s)
    return Found(standing.value, standing.low, standing.high, true_capacity_per_s(queue), service_s, alone_s)


def main() -> None:
    """Print a line a run and write the result."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--blocks", type=int, default=4)
    parser.add_argument("--hold", default="15s")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--limits", type=float, nargs="+", default=[2, 5, 20], help="Times what a request takes.")
    parser.add_argument("--print", action="store_true", help="Measure nothing, say what was found so far.")
    parser.add_argument("--other-cpu", default="10%", help="What other processes may use.")
    parser.add_argument("--odd", action="store_true", help="The odd apps alone.")
    options = parser.parse_args()
    kept = Kept(RESULT)
    with tempfile.TemporaryDirectory() as directory:
        out = Path(directory)
        for name, arguments in ODD if options.odd else ():
            folder = measured(
                (*arguments, "--hold", options.hold, "--blocks", str(options.blocks)), out, options.other_cpu
            )
            if folder is None:
                continue
            ranking, _ = capacity_in(folder)
            print(f"{name}: {[f'{row.value} {row.interval} {row.remark}' for row in rows(ranking)]}")
            print("  " + " ".join(closing(verdict_of(folder))), flush=True)
        for workers in () if options.odd or options.print else options.workers:
            for times in options.limits:
                name = f"{workers} workers, p99 < {times:g} d, {options.blocks} blocks, hold {options.hold}"
                for _ in range(options.runs):
                    found = against_theory(
                        workers, times, blocks=options.blocks, hold=options.hold, out=out, other_cpu=options.other_cpu
                    )
                    if found is None:
                        print(f"{name}: nothing is ranked", flush=True)
                        continue
                    kept.add(name, [asdict(found)])
                    print(
                        f"{name}: {found.off:+.1%}{', which its interval misses' if found.covers is False else ''}",
                        flush=True,
                    )
    for name in kept.names():
        print(_so_far(name, [Found(**run) for [run] in kept.of(name)]))


def _so_far(name: str, runs: Sequence[Found]) -> str:
    off = " ".join(f"{each.off:+.1%}" for each in runs)
    covers = [each.covers for each in runs if each.covers is not None]
    return f"{name}: {off}; {sum(covers)} of {len(covers)} intervals hold the truth"


if __name__ == "__main__":
    main()
