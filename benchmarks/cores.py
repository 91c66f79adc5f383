"""Does the default order stacks as the whole machine does? Eight stacks of the sample app, each measured in three ways.

  a  ``wsgibench run`` as it is by default
  b  ``wsgibench run --cores apart``: the engine has cores of its own, the stack the others
  c  wrk on the served stacks, which have the cores that (a) gave them, by turns

Prints requests/s of each stack, and the ratio of each pair by a, b and c, in Markdown. Goal: a and c agree within 5 %
on every pair. Writes results/cores.json.
"""

import argparse
import json
from collections.abc import Iterator, Mapping
from itertools import combinations
from pathlib import Path
from statistics import median
from typing import Any

from wrk_bench import Measured, middles, run, wrk_binary, wrk_rates

STACKS = (
    "gunicorn",
    "gunicorn-gthread",
    "waitress",
    "granian",
    "uwsgi-http",
    "uwsgi-http-socket",
    "nginx+gunicorn",
    "nginx+uwsgi",
)
PATH = "/"
NEAR = 0.05

Rates = Mapping[str, float]


def passes(
    stacks: list[str], options: list[str], *, count: int, rounds: int, seconds: int
) -> dict[str, dict[str, float]]:
    """The median of each stack's requests/s, by a, b and c; these follow one another ``count`` times."""
    found: dict[str, list[Rates]] = {"a": [], "b": [], "c": []}
    for number in range(1, count + 1):
        default = run(stacks, ["--path", PATH, *options])
        found["a"].append(default.rates)
        found["c"].append(middles(wrk_rates(stacks, [], default, path=PATH, rounds=rounds, seconds=seconds)))
        apart = run(stacks, ["--path", PATH, "--cores", "apart", *options])
        found["b"].append(apart.rates)
        print(f"pass {number} of {count}: a {told(default)}; b {told(apart)}", flush=True)
    return {name: _medians(all_of) for name, all_of in found.items()}


def _medians(passes_of: list[Rates]) -> dict[str, float]:
    """Of each stack that had a figure in any pass."""
    stacks = dict.fromkeys(stack for rates in passes_of for stack in rates)
    return {stack: median(rates[stack] for rates in passes_of if stack in rates) for stack in stacks}


def told(found: Measured) -> str:
    """``6 blocks, stack on 0 1, engine on 0 1``."""
    where = ", ".join(f"{role} on {' '.join(map(str, cores)) or 'any'}" for role, cores in found.cores.items())
    failed = f", not counted {found.verdict.not_counted}" if found.verdict.not_counted else ""
    return f"{found.verdict.blocks} blocks, {where}{failed}"


def pairs(rates: Mapping[str, Rates]) -> Iterator[dict[str, Any]]:
    """The ratio of each pair, the first's figure by the second's; ``apart``: a's ratio by c's, less 1."""
    for first, second in combinations(rates["c"], 2):
        ratios = {name: each[first] / each[second] for name, each in rates.items()}
        yield {"first": first, "second": second, **ratios, "apart": ratios["a"] / ratios["c"] - 1}


def stack_lines(rates: Mapping[str, Rates]) -> Iterator[str]:
    """A table of the stacks."""
    yield "| stack | a: default | b: apart | c: wrk | a/c |"
    yield "|---|---|---|---|---|"
    for stack, figure in rates["c"].items():
        ours, apart = rates["a"][stack], rates["b"][stack]
        yield f"| {stack} | {ours:,.0f}/s | {apart:,.0f}/s | {figure:,.0f}/s | {ours / figure:.3f} |"


def pair_lines(rows: list[dict[str, Any]]) -> Iterator[str]:
    """A table of the pairs, those first in which a and c disagree most."""
    yield "| pair | a: default | b: apart | c: wrk | a and c apart |"
    yield "|---|---|---|---|---|"
    for row in sorted(rows, key=lambda row: -abs(row["apart"])):
        ratios = " | ".join(f"{row[name]:.3f}" for name in "abc")
        yield f"| {row['first']} : {row['second']} | {ratios} | {row['apart']:+.1%} |"


def turned(rows: list[dict[str, Any]], name: str) -> int:
    """How many pairs stand the other way round than wrk has them, by more than the margin on both sides."""
    edge = 1 + NEAR
    return sum((row[name] > edge and row["c"] < 1 / edge) or (row[name] < 1 / edge and row["c"] > edge) for row in rows)


def main() -> None:
    """Measure, print tables, write JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stacks", nargs="+", default=list(STACKS), help="default: the eight above")
    parser.add_argument("--passes", type=int, default=3, help="of a, c and b (default: 3)")
    parser.add_argument("--budget", default="3m", help="of each run (default: 3m)")
    parser.add_argument("--rounds", type=int, default=5, help="of wrk in each pass (default: 5)")
    parser.add_argument("--seconds", type=int, default=3, help="of wrk at each stack in each round (default: 3)")
    parser.add_argument("--out", type=Path, default=Path("results/cores.json"), help="where the JSON goes")
    arguments = parser.parse_args()
    wrk_binary()
    rates = passes(
        arguments.stacks,
        ["--budget", arguments.budget],
        count=arguments.passes,
        rounds=arguments.rounds,
        seconds=arguments.seconds,
    )
    left_out = [stack for stack in arguments.stacks if not all(stack in each for each in rates.values())]
    rates = {
        name: {stack: each[stack] for stack in arguments.stacks if stack not in left_out}
        for name, each in rates.items()
    }
    if len(rates["c"]) < 2:
        raise SystemExit("Fewer than two stacks could be measured in each way.")
    rows = list(pairs(rates))
    print("\n".join([*stack_lines(rates), "", *pair_lines(rows), ""]))
    if left_out:
        print(f"without a trial that counts, and left out: {' '.join(left_out)}")
    worst = max(rows, key=lambda row: abs(row["apart"]))
    print(f"a and c are at most {abs(worst['apart']):.1%} apart: {worst['first']} : {worst['second']}")
    print(f"within 5 %: {sum(abs(row['apart']) <= NEAR for row in rows)} of {len(rows)} pairs")
    print(f"the other way round than wrk: by a {turned(rows, 'a')}, by b {turned(rows, 'b')}")
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(json.dumps({"requests_per_s": rates, "pairs": rows}, indent=2))


if __name__ == "__main__":
    main()
