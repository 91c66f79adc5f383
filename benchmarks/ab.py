"""Whether ``wsgibench ab`` keeps its word, on real processes, as a user calls it.

  simulated    A/A by the verdict's own code over made-up trials: at most 5 % of the runs say that there is a difference
  aa           the same revision twice, every other run while another process burns a core on and off
  planted      slowdowns of 2 %, 5 % and 20 % of the request's CPU in a view of Flask and in one of Django, in 3 min,
               1 min and 30 s: in how many runs each is found, and whether the intervals hold what was planted
  busy         the same, while another process burns a core on and off
  sequential   what two runs one after the other, of half that time each, and ``wsgibench compare`` say of it

What is planted is calibrated under load (planted.py), and held against the view's CPU without any server. Goals: 2 % in
9 of 10 runs, 5 % in 9 of 10, 20 % in 10 of 10; of 20 A/A at most 1 says anything. Prints a table, writes
results/ab.json.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from statistics import median

import msgspec
from ab_simulated import SCENARIOS, says_something
from planted import FRAMEWORKS, STACK, UNITS, Calibrated, Repository, ab, alone_s, app_of, calibrated, wsgibench

from wsgibench.model.comparison import Change, RunComparison
from wsgibench.model.verdict import Comparison, Ranking, Verdict

PARTS = ("simulated", "aa", "planted", "busy", "sequential")
PLANTED = {0.02: 180.0, 0.05: 60.0, 0.20: 30.0}
"""By the share: for how many seconds a run may go on."""
AA_S = 90.0
_BURNS = """
import random, select, sys, time
draw, end = random.Random(int(sys.argv[1])), 0.0
while True:
    end = time.monotonic() + draw.uniform(0.3, 3)
    while time.monotonic() < end: pass
    if select.select([sys.stdin], [], [], draw.uniform(0.3, 3))[0]: break
"""


@dataclass(frozen=True)
class Found:
    """What one run says by one objective, the new state beside the old; ``truth`` is the ratio that was planted."""

    objective: str
    outcome: str
    ratio: float | None
    low: float | None
    high: float | None
    truth: float
    took_s: float

    @property
    def covers(self) -> bool:
        """Also where nothing is known."""
        return (self.low or 0.0) <= self.truth <= (self.high or float("inf"))


@contextmanager
def burning(seed: int, *, on: bool) -> Iterator[None]:
    """While it lasts, another process burns a core for 0.3 to 3 s, and rests as long."""
    if not on:
        yield
        return
    argv = (sys.executable, "-c", _BURNS, str(seed))
    with subprocess.Popen(argv, stdin=subprocess.PIPE) as other:  # ends when its stdin does
        try:
            yield
        finally:
            other.kill()


def found_in(verdict: Verdict | None, truths: dict[str, float]) -> list[Found]:
    """By requests/s, which the run was to settle, and by CPU."""
    if verdict is None:
        return [_found(objective, None, truth, 0.0) for objective, truth in truths.items()]
    rankings = {ranking.objective: ranking for ranking in verdict.rankings}
    return [_found(name, _pair(rankings[name]), truth, verdict.took_s) for name, truth in truths.items()]


def _pair(ranking: Ranking) -> Comparison | None:
    if len(ranking.standings) < 2:
        return None
    return ranking.between(f"{STACK}@new", f"{STACK}@old")


def _found(objective: str, pair: Comparison | Change | None, truth: float, took_s: float) -> Found:
    if pair is None:
        return Found(objective, "undecided", None, None, None, truth, took_s)
    return Found(objective, pair.outcome.value, pair.ratio, pair.low, pair.high, truth, took_s)


def one_after_the_other(
    repository: Repository, out: Path, framework: str, tag: str, *, seconds: float, truths: dict[str, float]
) -> list[Found]:
    """What ``wsgibench compare`` says of a run of each state."""
    began, folders = time.monotonic(), []
    for revision in ("base", tag):
        state = ("--variant", f"it=revision:{revision}", "--budget", f"{seconds / 2:g}s")
        folder, _ = wsgibench(repository, out, "run", STACK, *app_of(framework), *state, "--other-cpu", "100%")
        if folder is None:
            return found_in(None, truths)
        folders.append(str(folder))
    took_s = time.monotonic() - began
    asked = [word for name in truths for word in ("--objective", name)]
    argv = (sys.executable, "-m", "wsgibench", "compare", *folders, "--anyway", "--margin", "2%", *asked, "--json")
    said = subprocess.run(argv, check=True, capture_output=True, text=True).stdout
    changes = msgspec.json.decode(said, type=RunComparison).others[0].objectives
    pairs = {change.objective: next((each.change for each in change.stacks), None) for change in changes}
    return [_found(objective, pairs.get(objective), truth, took_s) for objective, truth in truths.items()]


def line(name: str, objective: str, rows: Sequence[Found]) -> str:
    """A row of the table."""
    said = [row.outcome for row in rows]
    halves = [100 * (row.high / row.low - 1) / 2 for row in rows if row.low and row.high]
    half = f"{median(halves):.1f} %" if halves else "-"
    counts = " ".join(f"{said.count(each):>6}" for each in ("worse", "better", "tied", "undecided"))
    covered, took_s = sum(row.covers for row in rows), median(row.took_s for row in rows)
    planted = f"{100 * (rows[0].truth - 1):+.2f} %"
    return f"{name:34} {objective:10} {planted:>9} {len(rows):>5} {counts} {covered:>7} {half:>8} {took_s:>6.0f} s"


HEADER = (
    f"{'':34} {'by':10} {'planted':>9} {'runs':>5} {'worse':>6} {'better':>6} {'tied':>6} {'undec.':>6} {'covered':>7}"
    f" {'+-':>8} {'took':>8}"
)


class Benchmark:
    """Its parts, and what they found."""

    def __init__(self, place: Path, arguments: argparse.Namespace) -> None:
        self._arguments = arguments
        self._out = place / "runs"
        self._repository = Repository(place / "site")
        self._calibrated: dict[str, Calibrated] = {}
        self.results: dict[str, object] = {}

    def simulated(self) -> None:
        runs, seed = self._arguments.simulated, self._arguments.seed
        print(f"\nA/A in simulation, {runs} runs each: says that there is a difference (goal: at most 5 %)")
        with ProcessPoolExecutor(self._arguments.processes) as pool:
            for scenario in SCENARIOS:
                one = partial(_says_something, scenario.name, seed)
                share = sum(pool.map(one, range(runs), chunksize=20)) / runs
                print(f"  {scenario.name:50} {share:.1%}", flush=True)
                self.results[f"simulated, {scenario.name}"] = share

    def aa(self) -> None:
        rows: dict[bool, list[list[Found]]] = {False: [], True: []}
        for number in range(self._arguments.aa_runs):
            busy = bool(number % 2)
            with burning(number, on=busy):
                seconds = ("--budget", f"{self._arguments.seconds or AA_S:g}s", "--seed", str(number))
                verdict = ab(self._repository, self._out, FRAMEWORKS[number // 2 % 2], "base", "base", *seconds)
            rows[busy].append(found_in(verdict, {"throughput": 1.0, "cpu": 1.0}))
        for busy, found in rows.items():
            self._show(f"A/A{', a core burns' if busy else ''}", found)

    def planted(self, *, busy: bool = False, sequential: bool = False) -> None:
        for framework in self._arguments.frameworks:
            its = self._calibrate(framework)
            for share, most_s in PLANTED.items():
                seconds, tag = self._arguments.seconds or most_s, f"{framework}-{share * 100:g}"
                found = []
                for number in range(self._arguments.runs):
                    with burning(number, on=busy):
                        if sequential:
                            truths = its.truths(share)
                            where = self._repository, self._out, framework, tag
                            each = one_after_the_other(*where, seconds=seconds, truths=truths)
                        else:
                            given = ("base", tag, "--budget", f"{seconds:g}s", "--seed", str(number))
                            verdict = ab(self._repository, self._out, framework, *given)
                            each = found_in(verdict, its.truths(share))
                    found.append(each)
                how = ", one after the other" if sequential else ", a core burns" if busy else ""
                self._show(f"{framework} +{share:.0%}{how}", found)

    def _calibrate(self, framework: str) -> Calibrated:
        if framework not in self._calibrated:
            its = calibrated(self._repository, self._out, framework, self._arguments.calibration_blocks)
            self._calibrated[framework] = its
            for share in PLANTED:
                self._repository.commit(f"{framework}-{share * 100:g}", UNITS + its.units(share))
            units = its.units(0.20)
            alone = alone_s(self._repository, framework, units)
            print(
                f"\n{framework}: a request takes {its.server_s * 1e6:.0f} us of the server's CPU and"
                f" {its.engine_s * 1e6:.0f} of the engine's; what is planted is known to {its.error:.1%} of itself:"
                f" 20 % are {units} units, {0.2 * its.server_s * 1e6:.0f} us under load and"
                f" {alone * 1e6:.0f} us without a server\n{HEADER}",
                flush=True,
            )
            self.results[f"{framework}, calibrated"] = asdict(its) | {"alone_unit_s": alone / units}
        return self._calibrated[framework]

    def _show(self, name: str, found: Sequence[Sequence[Found]]) -> None:
        for rows in zip(*found, strict=True):
            print(line(name, rows[0].objective, rows), flush=True)
        self.results[name] = [asdict(row) for rows in found for row in rows]


def _says_something(name: str, seed: int, number: int) -> bool:
    return says_something(next(each for each in SCENARIOS if each.name == name), number, seed)


def main() -> None:
    """Do the parts that are asked for, print tables, write JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="*", choices=PARTS, default=PARTS, help="these parts (default: all)")
    parser.add_argument("--frameworks", nargs="*", choices=FRAMEWORKS, default=FRAMEWORKS, help="default: both")
    parser.add_argument("--runs", type=int, default=10, help="of each slowdown (default: 10)")
    parser.add_argument(
        "--aa-runs", type=int, default=20, help="A/A, every other one beside a burning core (default: 20)"
    )
    parser.add_argument("--simulated", type=int, default=2000, help="simulated runs of each scenario (default: 2000)")
    parser.add_argument(
        "--seconds", type=float, help="for each run, in place of 3 min, 1 min, 30 s and 90 s: a short form"
    )
    parser.add_argument("--calibration-blocks", type=int, default=8, help="of the calibration (default: 8)")
    parser.add_argument("--seed", type=int, default=random.randrange(2**31))
    parser.add_argument("--processes", type=int, default=2, help="of the simulation (default: 2)")
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "results/ab.json", help="the JSON")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="wb-ab-") as temporary:
        benchmark = Benchmark(Path(temporary), arguments)
        parts = {
            "simulated": benchmark.simulated,
            "aa": benchmark.aa,
            "planted": benchmark.planted,
            "busy": partial(benchmark.planted, busy=True),
            "sequential": partial(benchmark.planted, sequential=True),
        }
        for part in PARTS:
            if part in arguments.only:
                parts[part]()
                arguments.out.parent.mkdir(parents=True, exist_ok=True)
                arguments.out.write_text(json.dumps({"seed": arguments.seed} | benchmark.results, indent=1) + "\n")


if __name__ == "__main__":
    main()
