"""When the native engine sends, against when it should.

At 200/s the gaps between arrivals as a server sees them against the exponential (Kolmogorov-Smirnov); at 1,000/s how
late sending is and what that costs (goal: 0.2 ms at the median, without burning a core); at 5,000/s how many were sent
of those asked for (goal: within 0.5 %; by chance alone a Poisson process is within 0.5 % in 30 s 95 times in 100).
Writes results/engine_arrivals.json.
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np
from engine_bench import native, nginx, quantile_s, write
from engine_truth import known_server
from scipy.stats import kstest

from wsgibench.model.load import Rate

RATES = (250, 1_000, 5_000)


def gaps(seconds: float, directory: Path) -> dict[str, float]:
    """How likely gaps at the server like these are, if they are exponential."""
    file = directory / "arrivals.npz"
    with known_server(file) as port:  # noqa: SIM117 - the engine ends first
        with native(port, Rate(start_per_s=200, end_per_s=200)) as engine:
            engine.run(seconds)
            engine.finish()
    seen = np.diff(np.load(file)["got"])
    return {"gaps": len(seen), "p": float(kstest(seen, "expon", args=(0, 1 / 200)).pvalue)}


def lateness(port: int, per_s: int, seconds: float) -> dict[str, float]:
    """How late, how many, and at what cost, at a rate."""
    with native(port, Rate(start_per_s=per_s, end_per_s=per_s)) as engine:
        done = engine.run(seconds, warmup_s=0.5)
        recording = engine.finish()
    sent = sum(done.outcomes.values())
    return {
        "asked_per_s": per_s,
        "achieved_share": sent / per_s / done.duration_s,
        "late_p50_s": quantile_s(recording.lateness, 0.5),
        "late_p99_s": quantile_s(recording.lateness, 0.99),
        "core_share": done.cpu_s / done.duration_s,
        "failures": sent - done.outcomes.get("ok", 0),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=30.0, help="of each measurement")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        test = gaps(arguments.seconds, Path(name))
    with nginx() as port:
        rows = [lateness(port, per_s, arguments.seconds) for per_s in RATES]
    print(f"gaps at the server, 200/s: {test['gaps']} of them, Kolmogorov-Smirnov p = {test['p']:.3f}")
    print(f"{'asked':>8} {'achieved':>9} {'late p50':>9} {'late p99':>9} {'of a core':>10} {'failures':>9}")
    for row in rows:
        print(
            f"{row['asked_per_s']:6.0f}/s {row['achieved_share']:9.2%} {row['late_p50_s'] * 1e3:6.3f} ms "
            f"{row['late_p99_s'] * 1e3:6.3f} ms {row['core_share']:10.1%} {row['failures']:9.0f}"
        )
    by_rate = {row["asked_per_s"]: row for row in rows}
    reached = test["p"] > 0.01 and by_rate[1_000]["late_p50_s"] <= 0.0002
    reached = reached and abs(by_rate[5_000]["achieved_share"] - 1) <= 0.005
    print(f"goals: {'reached' if reached else 'missed'}")
    write("engine_arrivals", {"reached": reached, "gaps": test, "rates": rows})


if __name__ == "__main__":
    main()
