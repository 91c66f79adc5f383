"""What a trial costs beside warm-up and measuring: every stage of the article's seven stacks, started for real.

The goal is a median of 1 s; the article slept for two minutes.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path
from statistics import median

from wsgibench.bench.apps import sample_app
from wsgibench.bench.experiment import run
from wsgibench.bench.planning import plan_of
from wsgibench.bench.run_options import RunOptions

GOAL_S = 1.0


def main() -> None:
    """Run the trials, print a table, write JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--blocks", type=int, default=2, help="how often each stack is started (default: 2)")
    parser.add_argument("--out", type=Path, default=Path("results/trial_overhead.json"), help="where the JSON goes")
    arguments = parser.parse_args()
    app = sample_app(directory="/", python=sys.executable)
    run_options = RunOptions(
        app=app,
        users=50,
        spawn_rate_per_s=50,
        duration_s=2.0 * arguments.blocks,
        warmup_s=0.5,
        blocks=arguments.blocks,
    )
    plan = plan_of(run_options)
    with tempfile.TemporaryDirectory() as parent:
        finished = run(plan, Path(parent))
    costs: dict[str, list[float]] = {}
    for trial in finished.trials:
        if trial.overhead_s is not None:
            costs.setdefault(trial.stack.label, []).append(trial.overhead_s)
    for label, seconds in costs.items():
        print(f"{label:<18} {'  '.join(f'{each:5.2f} s' for each in seconds)}")
    all_costs = [each for seconds in costs.values() for each in seconds]
    print(f"median {median(all_costs):.2f} s of {len(all_costs)} trials (goal: {GOAL_S:.2f} s)")
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(
        json.dumps({"overhead_s": costs, "median_s": median(all_costs), "goal_s": GOAL_S}, indent=2)
    )


if __name__ == "__main__":
    main()
