"""What engines record of servers that are known.

A lognormal delay (median 5 ms): quantiles as recorded by the native engine at 500/s, against those of the delays that
the server made. Goal: p50, p90, p99, p99.9 within 0.2 ms or 2 %. Then a server that stands still for 1 s of every 10 s,
at 200/s: a tenth of the requests falls due in a stall, u seconds before its end with u uniform, so that the true p99 is
0.9 s. Goal: within 2 %; and what others print of the same server: Locust (FastHttpUser, 10 users, about 200/s) and,
where they are on PATH, wrk (10 connections, as fast as it can) and k6 (200/s, with 300 users to send them).
Writes results/engine_truth.json.
"""

import argparse
import csv
import json
import re
import shutil
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
K6 = """
import http from 'k6/http';
export const options = {{ summaryTrendStats: ['p(99)'], scenarios: {{ load: {{
  executor: 'constant-arrival-rate', rate: 200, timeUnit: '1s', duration: '{seconds}s', preAllocatedVUs: 300 }} }} }};
export default function () {{ http.get('http://127.0.0.1:{port}/'); }}
export function handleSummary(data) {{ return {{ '{summary}': JSON.stringify(data) }}; }}
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
    """p99 of a server that stands still, in seconds: the true one, and by engine as each tells it."""
    seconds = periods * PERIOD_S
    rate = Rate(start_per_s=200, end_per_s=200)
    with known_server(directory / "stall.npz", "--stall", str(STALL_S)) as port:
        with native(port, rate) as engine:
            engine.run(seconds)
            found = {"native": quantile_s(engine.finish().latency, 0.99)}
        found["Locust"] = locust_p99_s(port, seconds, directory)
        if wrk := shutil.which("wrk"):
            found["wrk"] = wrk_p99_s(wrk, port, seconds)
        if k6 := shutil.which("k6"):
            found["k6"] = k6_p99_s(k6, port, seconds, directory)
    # Of all requests the share (stall / period)·(1 - w / stall) waits longer than w.
    return {"true": STALL_S - 0.01 * PERIOD_S, **found}


def locust_p99_s(port: int, seconds: float, directory: Path) -> float:
    """The 99 % column of its statistics."""
    file = directory / "locustfile.py"
    file.write_text(LOCUST)
    options = f"--headless -u 10 -r 10 -t {seconds:.0f}s -H http://127.0.0.1:{port}".split()
    with tool(sys.executable, "-m", "locust", "-f", str(file), *options, "--csv", str(directory / "locust")) as child:
        child.wait(seconds + 30)
    rows = list(csv.DictReader((directory / "locust_stats.csv").open()))
    return float(rows[-1]["99%"]) / 1000


def wrk_p99_s(wrk: str, port: int, seconds: float) -> float:
    """The 99 % line of its latency distribution."""
    argv = (wrk, "-t1", "-c10", f"-d{seconds:.0f}s", "--latency", f"http://127.0.0.1:{port}/")
    said = subprocess.run(argv, capture_output=True, text=True, check=True, timeout=seconds + 30).stdout
    number, unit = re.findall(r"99%\s+([\d.]+)(us|ms|s)", said)[0]
    return float(number) * {"us": 1e-6, "ms": 1e-3, "s": 1.0}[unit]


def k6_p99_s(k6: str, port: int, seconds: float, directory: Path) -> float:
    """p(99) of ``http_req_duration``."""
    script, summary = directory / "load.js", directory / "k6.json"
    script.write_text(K6.format(seconds=f"{seconds:.0f}", port=port, summary=summary))
    with tool(k6, "run", "--quiet", str(script)) as child:
        child.wait(seconds + 60)
    p99_ms: float = json.loads(summary.read_text())["metrics"]["http_req_duration"]["values"]["p(99)"]
    return p99_ms / 1000


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
    true = stall.pop("true")
    print(f"1 s stall every 10 s, 200/s: true p99 {true:.3f} s")
    for name, p99_s in stall.items():
        print(f"{name:15} {p99_s:7.3f} s {p99_s / true - 1:+9.1%}")
    error = stall["native"] / true - 1
    reached = all(row["good"] for row in rows) and abs(error) <= 0.02
    print(f"goals: {'reached' if reached else 'missed'}")
    write("engine_truth", {"reached": reached, "lognormal": rows, "stall": {"true_s": true, "p99_s": stall}})


if __name__ == "__main__":
    main()
