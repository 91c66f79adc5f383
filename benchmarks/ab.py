"""Whether ``wsgibench ab`` keeps its word, on real processes, as a user calls it.

  simulated    A/A by the verdict's own code over made-up trials: at most 5 % of the runs say that there is a difference
  aa           the same revision twice, every other run while another process burns a core on and off
  planted      slowdowns of 2 %, 5 % and 20 % of the request's CPU in a view of Flask and in one of Django, in 3 min,
               1 min and 30 s: in how many runs each is found, and how many of the intervals hold what was planted
               (covered), beside how many runs have none
  busy         the same, while another process burns a core on and off
  sequential   what two runs one after the other, of half that time each, and ``wsgibench compare`` say of it

Each run is to settle requests/s and CPU time, which share its error; a change counts as found where either shows it.
What is planted is calibrated under load (planted.py), and held against the view's CPU without any server. Goals: 2 % in
9 of 10 runs, 5 % in 9 of 10, 20 % in 10 of 10; of 20 A/A at most 1 says anything.

All of it takes some six hours. Each run is kept in results/ab.json as soon as it is done, and what is there is not made
again: slices add up (--only planted --sizes 5 20 --minutes 30), and the table shows all that there is. To begin anew,
delete the file.
"""

import argparse
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from itertools import product
from pathlib import Path
from statistics import median

import msgspec
from ab_simulated import SCENARIOS, says_something
from holds import holds
from kept import Kept, TimeLeft
from planted import FRAMEWORKS, STACK, UNITS, Calibrated, Repository, ab, alone_s, app_of, calibrated, wsgibench

from wsgibench.model.comparison import Change, RunComparison
from wsgibench.model.verdict import Comparison, Ranking, Verdict

PARTS = ("simulated", "aa", "planted", "busy", "sequential")
PLANTED = {0.02: 180.0, 0.05: 60.0, 0.20: 30.0}
"""By the share: for how many seconds a run may go on."""
AA_S = 90.0
_AROUND_S = 20.0
"""Of a run, beside its budget; a calibration takes a minute more, once."""
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
    def covers(self) -> bool | None:
        """Whether its interval holds the truth; None where it has none, which is neither right nor wrong."""
        return holds(self.low, self.high, self.truth)


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
    """By requests/s and by CPU, both of which the run was to settle; of a run that failed, that it did."""
    if verdict is None:
        return [Found(objective, "failed", None, None, None, truth, 0.0) for objective, truth in truths.items()]
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


def of_either(found: Sequence[Found]) -> Found:
    """What the run says by any of its figures: a change is found where one of them shows it."""
    said = {each.outcome for each in found}
    outcome = next((each for each in ("failed", "worse", "better", "undecided") if each in said), "tied")
    return Found("either", outcome, None, None, None, found[-1].truth, found[-1].took_s)


def line(name: str, objective: str, rows: Sequence[Found]) -> str:
    """A row of the table."""
    said = [row.outcome for row in rows]
    halves = [100 * (row.high / row.low - 1) / 2 for row in rows if row.low and row.high]
    half = f"{median(halves):.1f} %" if halves else "-"
    counts = " ".join(f"{said.count(each):>6}" for each in ("worse", "better", "tied", "undecided"))
    covers = [row.covers for row in rows if row.covers is not None]
    covered, none = f"{sum(covers)}/{len(covers)}" if covers else "-", len(rows) - len(covers)
    took_s = median(row.took_s for row in rows)
    planted = f"{100 * (rows[0].truth - 1):+.2f} %"
    found = f"{counts} {covered:>7} {none:>5} {half:>8}"
    return f"{name:34} {objective:10} {planted:>9} {len(rows):>5} {found} {took_s:>6.0f} s"


HEADER = (
    f"{'':34} {'by':10} {'planted':>9} {'runs':>5} {'worse':>6} {'better':>6} {'tied':>6} {'undec.':>6} {'covered':>7}"
    f" {'none':>5} {'+-':>8} {'took':>8}"
)


class Benchmark:
    """Its parts, and what they found, now and before."""

    def __init__(self, place: Path, arguments: argparse.Namespace) -> None:
        self._arguments = arguments
        self._out = place / "runs"
        self._repository = Repository(place / "site")
        self._kept = Kept(arguments.out)
        self._left = TimeLeft(arguments.minutes)
        self._calibrated: dict[str, Calibrated] = {}

    def simulated(self) -> None:
        runs, seed = self._arguments.simulated, self._arguments.seed
        print(f"\nA/A in simulation, {runs} runs each: says that there is a difference (goal: at most 5 %)")
        with ProcessPoolExecutor(self._arguments.processes) as pool:
            for scenario in SCENARIOS:
                one = partial(_says_something, scenario.name, seed)
                share = sum(pool.map(one, range(runs), chunksize=20)) / runs
                print(f"  {scenario.name:50} {share:.1%}", flush=True)
                self._kept.facts[f"simulated, {scenario.name}"] = {"share": share, "runs": runs, "seed": seed}
                self._kept.write()

    def aa(self) -> None:
        seconds = self._arguments.seconds or AA_S
        for number in range(self._arguments.aa_runs):
            busy, name = bool(number % 2), f"A/A{_beside(busy=bool(number % 2))}{self._short}"
            if not self._is_made(name, number // 2, seconds, partial(self._same_twice, number, seconds), busy=busy):
                return

    def _same_twice(self, number: int, seconds: float) -> list[Found]:
        given = ("base", "base", "--budget", f"{seconds:g}s", "--seed", str(number))
        verdict = ab(self._repository, self._out, FRAMEWORKS[number // 2 % 2], *given)
        return found_in(verdict, {"throughput": 1.0, "cpu": 1.0})

    def planted(self, *, busy: bool = False, sequential: bool = False) -> None:
        for framework, percent in product(self._arguments.frameworks, self._arguments.sizes):
            share = percent / 100
            seconds = self._arguments.seconds or PLANTED[share]
            how = ", one after the other" if sequential else _beside(busy=busy)
            name = f"{framework} +{share:.0%}{how}{self._short}"
            once = partial(self._sequential if sequential else self._side_by_side, framework, share, seconds)
            for number in range(self._arguments.runs):
                if not self._is_made(name, number, seconds, partial(once, number), busy=busy):
                    return

    def _side_by_side(self, framework: str, share: float, seconds: float, number: int) -> list[Found]:
        its = self._calibrate(framework)
        given = ("base", _tag(framework, share), "--budget", f"{seconds:g}s", "--seed", str(number))
        return found_in(ab(self._repository, self._out, framework, *given), its.truths(share))

    def _sequential(self, framework: str, share: float, seconds: float, _: int) -> list[Found]:
        its = self._calibrate(framework)
        where = self._repository, self._out, framework, _tag(framework, share)
        return one_after_the_other(*where, seconds=seconds, truths=its.truths(share))

    def _is_made(self, name: str, number: int, seconds: float, once: Callable[[], list[Found]], *, busy: bool) -> bool:
        """Make that run, unless it is there; whether there was time for it."""
        if number < len(self._kept.of(name)):
            return True
        if not self._left.is_enough(seconds + _AROUND_S):
            return False
        with burning(number, on=busy):
            found = once()
        self._kept.add(name, [asdict(each) for each in found])
        print(
            f"  {name}, run {number + 1}: {', '.join(f'{each.objective} {each.outcome}' for each in found)}", flush=True
        )
        return True

    @property
    def _short(self) -> str:
        """What tells runs of a short form from those that the goals are about."""
        return f", {self._arguments.seconds:g} s" if self._arguments.seconds else ""

    def _calibrate(self, framework: str) -> Calibrated:
        """Once for all slices: what is planted is the same in all."""
        if framework not in self._calibrated:
            name = f"{framework}, calibrated"
            known = self._kept.facts.get(name)
            its = Calibrated(**known) if known else self._new_calibration(framework)
            self._kept.facts[name] = asdict(its)
            self._kept.write()
            for share in PLANTED:
                self._repository.commit(_tag(framework, share), UNITS + its.units(share))
            self._calibrated[framework] = its
        return self._calibrated[framework]

    def _new_calibration(self, framework: str) -> Calibrated:
        its = calibrated(self._repository, self._out, framework, self._arguments.calibration_blocks)
        units = its.units(0.20)
        alone = alone_s(self._repository, framework, units)
        print(
            f"\n{framework}: a request takes {its.server_s * 1e6:.0f} us of the server's CPU and"
            f" {its.engine_s * 1e6:.0f} of the engine's; what is planted is known to {its.error:.1%} of itself:"
            f" 20 % are {units} units, {0.2 * its.server_s * 1e6:.0f} us under load and"
            f" {alone * 1e6:.0f} us without a server",
            flush=True,
        )
        self._kept.facts[f"{framework}, alone"] = {"unit_s": alone / units}
        return its

    def show(self) -> None:
        """All that there is, of this time and before."""
        if self._kept.names():
            print(f"\n{HEADER}")
        for name in self._kept.names():
            runs = [[Found(**row) for row in rows] for rows in self._kept.of(name)]
            for rows in zip(*[[*found, of_either(found)] for found in runs], strict=True):
                print(line(name, rows[0].objective, rows), flush=True)


def _tag(framework: str, share: float) -> str:
    return f"{framework}-{share * 100:g}"


def _beside(*, busy: bool) -> str:
    return ", a core burns" if busy else ""


def _says_something(name: str, seed: int, number: int) -> bool:
    return says_something(next(each for each in SCENARIOS if each.name == name), number, seed)


def main() -> None:
    """Do what is asked for and not there yet, and print all that there is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="*", choices=PARTS, default=PARTS, help="these parts (default: all)")
    parser.add_argument("--frameworks", nargs="*", choices=FRAMEWORKS, default=FRAMEWORKS, help="default: both")
    sizes = [100 * share for share in PLANTED]
    parser.add_argument("--sizes", nargs="*", type=float, choices=sizes, default=sizes, help="of slowdowns, in percent")
    parser.add_argument("--minutes", type=float, help="no run begins that would end after so many")
    parser.add_argument(
        "--runs", type=int, default=10, help="of each slowdown, with those that are there (default: 10)"
    )
    parser.add_argument(
        "--aa-runs", type=int, default=20, help="A/A, every other one beside a burning core (default: 20)"
    )
    parser.add_argument("--simulated", type=int, default=2000, help="simulated runs of each scenario (default: 2000)")
    parser.add_argument(
        "--seconds", type=float, help="for each run, in place of 3 min, 1 min, 30 s and 90 s: a short form"
    )
    parser.add_argument("--calibration-blocks", type=int, default=8, help="of the calibration (default: 8)")
    parser.add_argument("--seed", type=int, default=random.randrange(2**31), help="of the simulation")
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
        for part in (each for each in PARTS if each in arguments.only):
            parts[part]()
        benchmark.show()


if __name__ == "__main__":
    main()
