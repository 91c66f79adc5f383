"""Do turns pay? The same stacks, saturated, in turns and one after another, in the same run of this script.

For each way, the two-way residual noise of log throughput between trials: what is left when every stack's and every
block's own level is taken out. The goal: in turns at most a third of it one after another. And for each stack the
throughput of both ways, which must agree.

On a calm machine there is little to share out: one after another is quiet too. With --noise every core is used by
other processes in spells of 0.3 to 6 s, for both ways alike, as on a machine with neighbours.
"""

import argparse
import contextlib
import json
import sys
import tempfile
from pathlib import Path

import numpy as np
from machine_noise import machine_noise

from wsgibench.bench.apps import sample_app
from wsgibench.bench.experiment import run
from wsgibench.bench.planning import plan_of
from wsgibench.bench.run_options import RunOptions
from wsgibench.model.run import FinishedRun
from wsgibench.stats.blocks import residual_noise

PHASE = "saturated"


def measure(parent: Path, *, blocks: int, seconds: float, turns: bool) -> FinishedRun:
    """A run of the article's seven stacks, so many seconds of saturation a trial."""
    plan = plan_of(
        RunOptions(
            app=sample_app(directory="/", python=sys.executable),
            connections=32,
            duration_s=seconds * blocks,
            warmup_s=0.4,
            blocks=blocks,
            turns=turns,
        )
    )
    return run(plan, parent)


def table_of(run: FinishedRun) -> np.ndarray:
    """Log throughput, shape (blocks, stacks); NaN where a trial failed. Gates are left out: noise is the question."""
    labels = [stack.label for stack in run.run.plan.stacks]
    table = np.full((run.run.plan.blocks, len(labels)), np.nan)
    for trial in run.trials:
        if PHASE in trial.phases:
            table[trial.block - 1, labels.index(trial.stack.label)] = np.log(trial.phases[PHASE].requests_per_s)
    return table


def main() -> None:
    """Measure both ways, print a table, write JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--blocks", type=int, default=5, help="blocks of each way (default: 5)")
    parser.add_argument("--seconds", type=float, default=3.0, help="saturation of a trial (default: 3)")
    parser.add_argument("--noise", action="store_true", help="disturb the machine meanwhile")
    parser.add_argument("--out", type=Path, default=Path("results/turns.json"), help="where the JSON goes")
    arguments = parser.parse_args()
    tables, labels = {}, []
    for way, turns in (("in turns", True), ("one after another", False)):
        disturbed = machine_noise(seed=1) if arguments.noise else contextlib.nullcontext()
        with tempfile.TemporaryDirectory() as parent, disturbed:
            run = measure(Path(parent), blocks=arguments.blocks, seconds=arguments.seconds, turns=turns)
        tables[way] = table_of(run)
        labels = [stack.label for stack in run.run.plan.stacks]
    noise = {way: float(residual_noise(table)) for way, table in tables.items()}
    print(f"{'requests/s, mean over blocks':<30}" + "".join(f"{way:>20}" for way in tables))
    for place, label in enumerate(labels):
        print(f"{label:<30}" + "".join(f"{np.exp(np.nanmean(table[:, place])):>20,.0f}" for table in tables.values()))
    print(f"{'residual noise of a trial':<30}" + "".join(f"{each:>20.1%}" for each in noise.values()))
    ratio = noise["in turns"] / noise["one after another"]
    print(f"in turns it is {ratio:.2f} of the other (goal: at most 0.33)")
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    result = {
        "machine_noise": arguments.noise,
        "noise": noise,
        "ratio": ratio,
        "stacks": labels,
        "log_rates": {way: table.tolist() for way, table in tables.items()},
    }
    arguments.out.write_text(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
