"""Do the engines agree? The same stack under the same 500 users, by Locust and by the native engine in turn.

The goal: throughput within 1 %, mean and median response time within 5 % or 0.3 ms.
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
from wsgibench.model.trial import PhaseFigures

PHASE = "users"


def figures(engine: str, stack: str, *, users: int, seconds: float) -> PhaseFigures:
    """One trial by that engine."""
    plan = plan_of(
        RunOptions(
            app=sample_app(directory="/", python=sys.executable),
            stacks=[stack],
            engine=engine,
            users=users,
            spawn_rate_per_s=100,
            duration_s=seconds,
            warmup_s=3,
            blocks=1,
        )
    )
    with tempfile.TemporaryDirectory() as parent:
        [trial] = run(plan, Path(parent)).trials
    for gate in trial.gates:
        if not gate.passed:
            print(f"  {engine}: gate {gate.name}: {gate.cause}")
    return trial.phases[PHASE]


def main() -> None:
    """Measure in turn, print a table of medians, write JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stack", default="nginx+uwsgi")
    parser.add_argument("--users", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=30.0, help="measured time of each trial (default: 30)")
    parser.add_argument("--times", type=int, default=3, help="trials by each engine (default: 3)")
    parser.add_argument("--out", type=Path, default=Path("results/engines_agree.json"), help="where the JSON goes")
    arguments = parser.parse_args()
    seen: dict[str, list[PhaseFigures]] = {"locust": [], "native": []}
    for _ in range(arguments.times):
        for engine, trials in seen.items():
            trials.append(figures(engine, arguments.stack, users=arguments.users, seconds=arguments.seconds))
    rows = {
        engine: {
            "requests_per_s": median(each.requests_per_s for each in trials),
            "mean_ms": median(1e3 * (each.mean_s or 0) for each in trials),
            "p50_ms": median(1e3 * (each.p50_s or 0) for each in trials),
            "engine_us_per_request": median(1e6 * (each.engine_cpu_s or 0) / each.requests for each in trials),
        }
        for engine, trials in seen.items()
    }
    print(f"{'':<24}{'locust':>10}{'native':>10}{'apart':>12}")
    for name in rows["locust"]:
        locust, native = rows["locust"][name], rows["native"][name]
        apart = f"{native - locust:+.2f} ms" if name.endswith("_ms") else f"{native / locust - 1:+.1%}"
        print(f"{name:<24}{locust:>10.2f}{native:>10.2f}{apart:>12}")
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(json.dumps(rows, indent=2))


if __name__ == "__main__":
    main()
