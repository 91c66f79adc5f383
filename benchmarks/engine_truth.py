"""What engines record of servers that are known.

A lognormal delay (median 5 ms): quantiles as recorded by the native engine at 500/s, against those of the delays that
the server made. Goal: p50, p90, p99, p99.9 within 0.2 ms or 2 %. Then a server that stands still for 1 s of every 10 s,
at 200/s: a tenth of the requests falls due in a stall, u seconds before its end with u uniform, so that the true p99 is
0.9 s. Goal: within 2 %; and what Locust (FastHttpUser, 10 users, about 200/s) prints of the same server.
Writes results/engine_truth.json.
"""

import argparse
import csv
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from engine_bench import SERVER_CORE, native, quantile_s, tool, write

from wsgibench.model.load import Rate

SHARES = (0.5, 0.9, 0.99, 0.999)
STALL_S, PERIOD_S = 1.0, 10.0
LOCUST = """
from locust import FastHttpUser, between, task
class User(FastHttpUser):
    wait_time = between(0.045, 0.055)
    @task
    def get(self):
        self.client.get("/")
"""


@contextmanager
def known_server(file: Path, *options: str) -> Iterator[int]:
    """The port of a server that is known; when the block is left, the file has what it did."""
    script = Path(__file__).with_name("known_server.py")
    argv = (sys.executable, str(script), str(file), "--core", str(SERVER_CORE), *options)
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout
        assert child.stdin
        try:
            yield int(child.stdout.readline())
            child.stdin.close()
            child.wait(15)
        finally:
            child.kill()


def delays(seconds: float, directory: Path) -> list[dict[str, float]]:
    """Recorded and true quantiles of a lognormal delay."""
    file = directory / "lognormal.npz"
    with known_server(file, "--median", "0.005", "--sigma", "0.5") as port:  # noqa: SIM117 - the engine ends first
        with native(port, Rate(start_per_s=500, end_per_s=500)) as engine:
            engine.run(seconds)
            recording = engine.finish()
    made = np.load(file)["delay"]
    rows = []
    for share in SHARES:
        true, seen = float(np.quantile(made, share)), quantile_s(recording.latency, share)
        good = abs(seen - true) <= max(0.0002, 0.02 * true)
        rows.append({"quantile": share, "true_s": true, "recorded_s": seen, "good": good})
    return rows


def stalls(periods: int, directory: Path) -> dict[str, float]:
    """p99 of a server that stands still: true, as the native engine recorded it, as Locust printed it."""
    rate = Rate(start_per_s=200, end_per_s=200)
    with known_server(directory / "stall.npz", "--stall", str(STALL_S)) as port:
        with native(port, rate) as engine:
            engine.run(periods * PERIOD_S)
            recorded = quantile_s(engine.finish().latency, 0.99)
        file = directory / "locustfile.py"
        file.write_text(LOCUST)
        options = f"--headless -u 10 -r 10 -t {periods * PERIOD_S:.0f}s -H http://127.0.0.1:{port}".split()
        with tool(
            sys.executable, "-m", "locust", "-f", str(file), *options, "--csv", str(directory / "locust")
        ) as child:
            child.wait(periods * PERIOD_S + 30)
    rows = list(csv.DictReader((directory / "locust_stats.csv").open()))
    locust = float(rows[-1]["99%"]) / 1000
    # Of all requests the share (stall / period)·(1 - w / stall) waits longer than w.
    return {"true_s": STALL_S - 0.01 * PERIOD_S, "native_s": recorded, "locust_s": locust}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=20.0, help="of the lognormal delay")
    parser.add_argument("--periods", type=int, default=3, help="of ten seconds with a stall, for each engine")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        rows = delays(arguments.seconds, Path(name))
        stall = stalls(arguments.periods, Path(name))
    print(f"{'lognormal delay':>15} {'true':>10} {'recorded':>10} {'error':>9}")
    for row in rows:
        error = row["recorded_s"] - row["true_s"]
        print(
            f"{row['quantile']:15.1%} {row['true_s'] * 1e3:7.3f} ms {row['recorded_s'] * 1e3:7.3f} ms "
            f"{error * 1e3:6.3f} ms  {'within' if row['good'] else 'NOT within'} 0.2 ms or 2 %"
        )
    error = stall["native_s"] / stall["true_s"] - 1
    print(f"1 s stall every 10 s, 200/s: true p99 {stall['true_s']:.3f} s")
    print(f"native {stall['native_s']:.3f} s, {error:+.1%}")
    print(f"Locust {stall['locust_s']:.3f} s, {stall['true_s'] / stall['locust_s']:.0f} times too small")
    reached = all(row["good"] for row in rows) and abs(error) <= 0.02
    print(f"goals: {'reached' if reached else 'missed'}")
    write("engine_truth", {"reached": reached, "lognormal": rows, "stall": stall})


if __name__ == "__main__":
    main()
