"""Whether capacities of real servers are told apart where they differ, and only there.

  aa     the same revision twice: of ten short runs none names a better one, or at most one
  apart  two revisions 10 % apart in what they bear: nine of ten runs say which is better

    python benchmarks/capacity_pairs.py [--only aa] [--runs 10] [--budget 3m]

Both are runs of ``wsgibench ab --objective capacity`` on the Flask site of planted.py, whose view does so many units of
work more that the cores, which server and engine share, answer 10 % fewer requests. Prints a line a run, and keeps each
in results/capacity_pairs.json as soon as it is done; to begin anew, delete the file.
"""

import argparse
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from holds import holds
from kept import Kept
from planted import STACK, UNITS, Calibrated, Repository, ab, calibrated

RESULT = Path(__file__).parent.parent / "results" / "capacity_pairs.json"
APART = 1.10
FRAMEWORK = "flask"


@dataclass(frozen=True)
class Found:
    """What a run says of the new state's capacity beside the old one's; ``truth`` is their ratio."""

    outcome: str
    low: float | None
    high: float | None
    truth: float
    blocks: int
    took_s: float

    @property
    def covers(self) -> bool | None:
        """Whether its interval holds the truth; None where it has none."""
        return holds(self.low, self.high, self.truth)

    def __str__(self) -> str:
        low, high = ("-" if end is None else f"{100 * (end - 1):+.1f}" for end in (self.low, self.high))
        return f"{self.outcome} [{low}, {high}] % of {self.blocks} blocks, {self.took_s:.0f} s"


def one(repository: Repository, out: Path, tag: str, *given: str, truth: float) -> Found:
    """A run of the base beside that tag."""
    verdict = ab(repository, out, FRAMEWORK, "base", tag, "--objective", "capacity", *given)
    if verdict is None:
        return Found("failed", None, None, truth, 0, 0.0)
    ranking = next(each for each in verdict.rankings if each.objective == "capacity")
    blocks, took_s = max((each.trials for each in ranking.standings), default=0), verdict.took_s
    if len(ranking.standings) < 2:
        return Found("undecided", None, None, truth, blocks, took_s)
    pair = ranking.between(f"{STACK}@new", f"{STACK}@old")
    return Found(pair.outcome.value, pair.low, pair.high, truth, blocks, took_s)


def units_apart(its: Calibrated) -> int:
    """How many units make the cores answer so many times fewer requests: of their time the engine has a part."""
    return its.units((APART - 1) * (its.server_s + its.engine_s) / its.server_s)


def summary(name: str, runs: Sequence[Found]) -> str:
    """A line for all of them."""
    said = [each.outcome for each in runs]
    covers = [each.covers for each in runs if each.covers is not None]
    counts = ", ".join(f"{said.count(each)} {each}" for each in ("worse", "better", "tied", "undecided", "failed"))
    return f"{name}: {counts} of {len(runs)}; {sum(covers)} of {len(covers)} intervals hold the truth"


def main() -> None:
    """Make what is not there yet, and print all that there is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="*", choices=("aa", "apart"), default=("aa", "apart"))
    parser.add_argument("--runs", type=int, default=10, help="of each, with those that are there (default: 10)")
    parser.add_argument("--budget", default="3m", help="of each run (default: 3m)")
    options = parser.parse_args()
    kept = Kept(RESULT)
    with tempfile.TemporaryDirectory(prefix="wb-capacity-") as temporary:
        out, repository = Path(temporary) / "runs", Repository(Path(temporary) / "site")
        truths = {"aa": ("base", 1.0)}
        if "apart" in options.only:
            repository.commit("apart", UNITS + units_apart(calibrated(repository, out, FRAMEWORK)))
            truths["apart"] = ("apart", 1 / APART)
        for part in options.only:
            name, (tag, truth) = f"{part}, {options.budget}", truths[part]
            for number in range(len(kept.of(name)), options.runs):
                given = ("--budget", options.budget, "--seed", str(number))
                found = one(repository, out, tag, *given, truth=truth)
                kept.add(name, [asdict(found)])
                print(f"  {name}, run {number + 1}: {found}", flush=True)
    for name in kept.names():
        print(summary(name, [Found(**run) for [run] in kept.of(name)]))


if __name__ == "__main__":
    main()
