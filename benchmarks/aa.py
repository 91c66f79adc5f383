"""A/A on real processes: one stack under seven names. There is nothing to find, so no run may name a winner.

Each run is a short one by the rules of the quick profile: looks after each block, until all pairs are tied, at most so
many blocks. The goal: of 20 runs at most 1 names a winner. Pairs that are called better, although the stacks are the
same, are counted too.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

import msgspec
from series import verdicts

from wsgibench.bench.apps import sample_app
from wsgibench.bench.planning import plan_of
from wsgibench.bench.run_options import RunOptions
from wsgibench.model.plan import Plan
from wsgibench.model.verdict import Outcome
from wsgibench.stats.looks import looks_of

NAMES = 7
BLOCKS = 4
SATURATED_S = 0.6


def plan(stack: str, number: int) -> Plan:
    """The stack seven times; run ``number`` of the series."""
    single = plan_of(
        RunOptions(
            app=sample_app(directory="/", python=sys.executable),
            stacks=(stack,),
            connections=32,
            duration_s=SATURATED_S * BLOCKS,
            warmup_s=0.2,
            blocks=BLOCKS,
            seed=number,
        )
    )
    same = tuple(msgspec.structs.replace(single.stacks[0], suffix=f":a{name}") for name in range(1, NAMES + 1))
    return msgspec.structs.replace(single, stacks=same, looks=looks_of(BLOCKS))


def main() -> None:
    """Make the runs, print a table, write JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=20, help="how many (default: 20; under a minute each)")
    parser.add_argument("--stack", default="nginx+uwsgi", help="which one (default: nginx+uwsgi)")
    parser.add_argument("--folder", type=Path, help="keeps the runs, and goes on with those that are there")
    parser.add_argument("--out", type=Path, default=Path("results/aa.json"), help="where the JSON goes")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        parent = arguments.folder or Path(temporary)
        rankings = [
            verdict.asked[0]
            for verdict in verdicts(parent, arguments.runs, lambda number: plan(arguments.stack, number))
        ]
    rows = [
        {
            "winner": ranking.winner,
            "different": sum(each.outcome in (Outcome.BETTER, Outcome.WORSE) for each in ranking.comparisons),
            "tied": sum(each.outcome is Outcome.TIED for each in ranking.comparisons),
            "pairs": len(ranking.comparisons),
        }
        for ranking in rankings
    ]
    winners = sum(row["winner"] is not None for row in rows)
    wrong = sum(row["different"] > 0 for row in rows)
    tied = sum(row["tied"] for row in rows) / max(sum(row["pairs"] for row in rows), 1)
    print(f"{arguments.stack} under {NAMES} names, {len(rows)} runs")
    print(f"runs that name a winner (goal: at most 1 of 20)    {winners}")
    print(f"runs that call any pair different                  {wrong}")
    print(f"pairs that were called tied                        {tied:.0%}")
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(json.dumps({"stack": arguments.stack, "winners": winners, "runs": rows}, indent=2))


if __name__ == "__main__":
    main()
