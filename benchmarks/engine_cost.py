"""CPU per request of load engines against nginx answering a constant; nginx on core 1, the engine on core 0.

CPU is the engine process's clock, requests are nginx's own count, both between the same two moments, so that neither
starting up nor reporting is in it. Those that can are run at 10,000/s; wrk and Locust have no such rate and run as fast
as they can. The goal is 35 µs for the native engine at 10,000/s. Writes results/engine_cost.json.
"""

import argparse
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine_bench import answered, cpu_ns, native, nginx, tool, write

from wsgibench.model.load import Connections, Load, Rate

GOAL_US = 35.0
RATE = 10_000
LOCUST = """
from locust import FastHttpUser, HttpUser, constant, task
class User({kind}):
    wait_time = constant(0)
    @task
    def get(self):
        self.client.get("/")
"""
K6 = """
import http from 'k6/http';
export const options = {{ discardResponseBodies: true, scenarios: {{ load: {{
  executor: 'constant-arrival-rate', rate: {rate}, timeUnit: '1s', duration: '60s', preAllocatedVUs: 200 }} }} }};
export default function () {{ http.get('http://127.0.0.1:{port}/'); }}
"""


@contextmanager
def native_running(port: int, load: Load) -> Iterator[int]:
    """The native engine under that load for a minute; its process id."""
    with native(port, load) as engine:
        engine.tell(60.0)
        yield engine.pid


@contextmanager
def tool_running(*argv: str) -> Iterator[int]:
    """Another one; its process id."""
    with tool(*argv) as child:
        yield child.pid


def engines(port: int, directory: Path) -> dict[str, object]:
    """A context manager for each engine that is here."""
    rate = Rate(start_per_s=RATE, end_per_s=RATE)
    found = {
        f"native, rate {RATE}/s": lambda: native_running(port, rate),
        "native, 64 connections": lambda: native_running(port, Connections(count=64)),
    }
    url = f"http://127.0.0.1:{port}"
    if wrk := shutil.which("wrk"):
        found["wrk, 64 connections"] = lambda: tool_running(wrk, "-t1", "-c64", "-d60s", f"{url}/")
    if k6 := shutil.which("k6"):
        script = directory / "load.js"
        script.write_text(K6.format(rate=RATE, port=port))
        found[f"k6, rate {RATE}/s"] = lambda: tool_running(k6, "run", "--quiet", str(script))
    for kind in ("FastHttpUser", "HttpUser"):
        file = directory / f"{kind}.py"
        file.write_text(LOCUST.format(kind=kind))
        locust = (sys.executable, "-m", "locust", "-f", str(file), "--headless", "-u", "50", "-r", "50", "-H", url)
        found[f"Locust {kind}, 50 users"] = lambda locust=locust: tool_running(*locust)
    return found


def measure(port: int, pid: int, seconds: float) -> tuple[float, float, float]:
    """Microseconds of CPU per request, requests per second, share of a core."""
    warm = time.monotonic() + 15
    before_warm = answered(port)
    while answered(port) < before_warm + 500:
        if time.monotonic() > warm:
            raise SystemExit("an engine sends nothing")
        time.sleep(0.2)
    time.sleep(1.0)
    begin, cpu, count = time.monotonic(), cpu_ns(pid), answered(port)
    time.sleep(seconds)
    end, cpu_after, count_after = time.monotonic(), cpu_ns(pid), answered(port)
    requests = count_after - count - 1  # one of them asked for the count
    return (cpu_after - cpu) / requests / 1e3, requests / (end - begin), (cpu_after - cpu) / 1e9 / (end - begin)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=3.0, help="of each measurement")
    parser.add_argument("--rounds", type=int, default=3, help="measurements of each engine; the median counts")
    arguments = parser.parse_args()
    rows: dict[str, list[tuple[float, float, float]]] = {}
    with nginx() as port, tempfile.TemporaryDirectory() as directory:
        for _ in range(arguments.rounds):
            for name, run in engines(port, Path(directory)).items():
                with run() as pid:
                    rows.setdefault(name, []).append(measure(port, pid, arguments.seconds))
    print(f"{'engine':30} {'µs/request':>10} {'requests/s':>11} {'of a core':>10}   all rounds, µs")
    result = {}
    for name, seen in rows.items():
        cost_us, per_s, share = (statistics.median(column) for column in zip(*seen, strict=True))
        result[name] = {"cpu_us_per_request": cost_us, "requests_per_s": per_s, "core_share": share}
        rounds = " ".join(f"{cost:.1f}" for cost, _, _ in seen)
        print(f"{name:30} {cost_us:10.1f} {per_s:11.0f} {share:9.0%}   {rounds}")
    reached = result[f"native, rate {RATE}/s"]["cpu_us_per_request"] <= GOAL_US
    print(f"goal {GOAL_US:.0f} µs at {RATE}/s: {'reached' if reached else 'missed'}")
    write("engine_cost", {"goal_us": GOAL_US, "reached": reached, "engines": result})


if __name__ == "__main__":
    main()
