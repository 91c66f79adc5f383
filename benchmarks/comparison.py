"""Whether ``wsgibench compare`` keeps its word, by simulation: seven stacks in two runs, of which one stack changed.

Of each scenario: in how many comparisons anything false is said, how long half an interval is, and how often a change
of 10 % is found, by the change alone and beside the six controls. Noise is 2 % a trial (Student's t with 4 degrees of
freedom), the noise of a block and the shift between the runs are normal, 5 % of the trials are missing.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import numpy.typing as npt

from wsgibench.analysis.comparison.changes import Judge
from wsgibench.analysis.comparison.samples import Samples
from wsgibench.model.comparison import Change
from wsgibench.model.objective import OBJECTIVES
from wsgibench.model.verdict import Outcome
from wsgibench.stats.means import Estimate
from wsgibench.stats.unpaired import Unpaired

OBJECTIVE = OBJECTIVES["throughput"]
STACKS = tuple("abcdefg")
CHANGE = 1.1
SHIFT = 0.08
MISSING = 0.05
SCENARIOS = [
    {"blocks": blocks, "shared": shared, "noisier": noisier}
    for blocks in (3, 4, 6, 12)
    for shared, noisier in ((0.0, 1.0), (0.05, 1.0), (0.05, 3.0))
]
HEADER = (
    f"{'blocks':>6} {'of block':>8} {'one noisier':>11}   {'false':>6}   {'change: half':>12} {'found':>6}"
    f"   {'beside controls: half':>21} {'found':>6}"
)


def table(random: np.random.Generator, blocks: int, shared: float, noisier: float) -> npt.NDArray[np.float64]:
    """The logarithms of a run's figures."""
    figures = random.standard_t(4, (blocks, len(STACKS))) * 0.02 / np.sqrt(2)
    figures[:, -1] *= noisier
    figures += random.normal(0, shared, (blocks, 1)) + np.linspace(0, 1, len(STACKS))
    figures[random.random(figures.shape) < MISSING] = np.nan
    return figures


def measure(runs: int, seed: int, *, blocks: int, shared: float, noisier: float) -> dict[str, float]:
    """Shares and median lengths of one scenario."""
    random = np.random.default_rng(seed)
    false, found, halves = 0, np.zeros(2), np.zeros((runs, 2))
    for run in range(runs):
        before, after = (table(random, blocks, shared, noisier) for _ in range(2))
        shift = random.normal(0, SHIFT)
        after += shift
        after[:, 0] += np.log(CHANGE)
        samples = Samples(OBJECTIVE, STACKS, STACKS[1:], (), (), Unpaired(before, after), ())
        judge = Judge.of([samples], margin=0.05, error=0.05)
        truths = [(samples.change(stack), shift + np.log(CHANGE) * (stack == "a")) for stack in STACKS]
        truths += [(samples.relative("a"), np.log(CHANGE)), (samples.shift(), shift)]
        changes = [(told(judge, estimate), float(np.exp(truth))) for estimate, truth in truths]
        false += not all((change.low or 0) <= truth <= (change.high or np.inf) for change, truth in changes)
        ours = changes[0][0], changes[-2][0]
        halves[run] = [np.log((change.high or np.inf) / (change.low or 1)) / 2 for change in ours]
        found += [change.outcome is Outcome.BETTER for change in ours]
    half = np.expm1(np.median(halves, axis=0))
    return {
        "false_share": false / runs,
        "change_half": float(half[0]),
        "change_found_share": found[0] / runs,
        "relative_half": float(half[1]),
        "relative_found_share": found[1] / runs,
    }


def told(judge: Judge, estimate: Estimate | None) -> Change:
    """What is said of an estimate that is there."""
    assert estimate is not None
    return judge.change(estimate, OBJECTIVE)


def main() -> None:
    """Simulate all scenarios, print a table, write JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=1000, help="simulated comparisons of each (default: 1000)")
    parser.add_argument("--seed", type=int, default=20201121)
    parser.add_argument("--out", type=Path, default=Path("results/comparison.json"), help="where the JSON goes")
    arguments = parser.parse_args()
    print(HEADER)
    results = []
    for scenario in SCENARIOS:
        figures = measure(arguments.runs, arguments.seed, **scenario)  # type: ignore[arg-type]
        results.append({**scenario, "runs": arguments.runs, **figures})
        false, half, found, beside, named = (f"{value:.1%}" for value in figures.values())
        print(
            f"{scenario['blocks']:>6} {scenario['shared']:>8.0%} {scenario['noisier']:>9g} x   {false:>6}   {half:>12}"
            f" {found:>6}   {beside:>21} {named:>6}",
            flush=True,
        )
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
