"""Does the verdict repeat? Ten quick runs over the article's stacks, their verdicts held against each other.

No two runs may contradict one another in a pair that both call settled: one calls the first better, the other worse.
Intervals of two runs that share no value are counted beside it: then the ratio itself was another one, since the
machine was. Every pair that is 5 % or more apart in throughput (the median of the runs) is to be resolved in at least
9 of 10 runs, and every run has to settle or give up within 5 minutes.
"""

import argparse
import json
import math
import sys
import tempfile
from itertools import combinations
from pathlib import Path
from statistics import median

from series import verdicts

from wsgibench.bench.apps import sample_app
from wsgibench.bench.planning import plan_of
from wsgibench.bench.run_options import RunOptions
from wsgibench.model.plan import Plan
from wsgibench.model.verdict import Comparison, Outcome, Ranking, Verdict

APART = 1.05


def plan(number: int) -> Plan:
    """The quick profile as ``wsgibench run`` has it; run ``number`` of the series."""
    return plan_of(RunOptions(app=sample_app(directory="/", python=sys.executable), seed=number))


def pairs_of(ranking: Ranking) -> dict[tuple[str, str], Comparison]:
    """Each pair by its names, in alphabetical order, whichever stands first."""
    ordered = (each if each.first < each.second else each.reversed for each in ranking.comparisons)
    return {(each.first, each.second): each for each in ordered}


def contradict(one: Comparison, other: Comparison) -> bool:
    """Whether one run calls the first better, and the other the second."""
    return {one.outcome, other.outcome} == {Outcome.BETTER, Outcome.WORSE}


def share_nothing(one: Comparison, other: Comparison) -> bool:
    """Whether the intervals of two runs have no value in common."""
    return (one.high or math.inf) < (other.low or 0) or (other.high or math.inf) < (one.low or 0)


def report(found: list[Verdict]) -> dict[str, object]:
    """The table, printed; and its figures."""
    runs = [pairs_of(verdict.asked[0]) for verdict in found]
    rows = []
    print(f"{'pair':<36}{'ratio':>8}{'resolved':>10}{'tied':>6}{'open':>6}{'contradictions':>16}{'apart':>7}")
    for names in sorted(runs[0]):
        mine = [run[names] for run in runs if names in run]
        ratio = median(each.ratio for each in mine if each.ratio)
        outcomes = [each.outcome for each in mine]
        row = {
            "pair": " ".join(names),
            "ratio": ratio,
            "resolved": sum(outcome in (Outcome.BETTER, Outcome.WORSE) for outcome in outcomes),
            "tied": outcomes.count(Outcome.TIED),
            "open": outcomes.count(Outcome.UNDECIDED),
            "contradictions": sum(contradict(*two) for two in combinations(mine, 2)),
            "intervals_apart": sum(share_nothing(*two) for two in combinations(mine, 2)),
        }
        rows.append(row)
        print(
            f"{row['pair']:<36}{ratio:>8.3f}{row['resolved']:>10}{row['tied']:>6}{row['open']:>6}"
            f"{row['contradictions']:>16}{row['intervals_apart']:>7}"
        )
    apart = [row for row in rows if not 1 / APART < row["ratio"] < APART]
    longest_s = max(verdict.took_s for verdict in found)
    least = min((row["resolved"] for row in apart), default=len(found))
    print(f"pairs 5 % apart or more: {len(apart)}, each resolved in at least {least} of {len(found)} runs")
    print(f"contradictions: {sum(row['contradictions'] for row in rows)}; the longest run took {longest_s:.0f} s")
    print(f"pairs of runs whose intervals share no value: {sum(row['intervals_apart'] for row in rows)}")
    return {"pairs": rows, "stops": [verdict.stop for verdict in found], "longest_s": longest_s}


def main() -> None:
    """Make the runs, print a table, write JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=10, help="how many (default: 10; up to 5 minutes each)")
    parser.add_argument("--folder", type=Path, help="keeps the runs, and goes on with those that are there")
    parser.add_argument("--out", type=Path, default=Path("results/repeat.json"), help="where the JSON goes")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        found = list(verdicts(arguments.folder or Path(temporary), arguments.runs, plan))
    figures = report(found)
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
