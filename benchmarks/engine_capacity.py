"""What one core of the native engine sustains: requests/s over 64 connections, and memory with 5,000 open.

Against nginx answering a constant on the other core. Goals: 25,000/s; 200 MB. Writes results/engine_capacity.json.
"""

import argparse
import re
from pathlib import Path

from engine_bench import native, nginx, write

from wsgibench.model.load import Connections
from wsgibench.model.recording import EVENTS

GOAL_PER_S = 25_000
GOAL_BYTES = 200e6
MANY = 5_000


def peak_memory_bytes(pid: int) -> int:
    """The most that a process has held."""
    match = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert match
    return int(match[1]) * 1024


def run(port: int, connections: int, seconds: float) -> dict[str, float]:
    """Rate, failures, CPU and memory of so many connections."""
    with native(port, Connections(count=connections)) as engine:
        done = engine.run(seconds)
        memory = peak_memory_bytes(engine.pid)
        recording = engine.finish()
    assert done.completed is not None
    return {
        "connections": connections,
        "opened": int(recording.events.totals(len(EVENTS))[EVENTS.index("connects")]),
        "requests_per_s": done.completed / done.duration_s,
        "cpu_us_per_request": done.cpu_s / sum(done.outcomes.values()) * 1e6,
        "failures": sum(done.outcomes.values()) - done.outcomes.get("ok", 0),
        "peak_memory_bytes": memory,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=5.0, help="of each of the two loads")
    arguments = parser.parse_args()
    with nginx() as port:
        rows = [run(port, count, arguments.seconds) for count in (64, MANY)]
    print(f"{'connections':>11} {'opened':>7} {'requests/s':>11} {'µs/request':>11} {'failures':>9} {'memory':>8}")
    for row in rows:
        print(
            f"{row['connections']:11.0f} {row['opened']:7.0f} {row['requests_per_s']:11.0f} "
            f"{row['cpu_us_per_request']:11.1f} {row['failures']:9.0f} {row['peak_memory_bytes'] / 1e6:5.0f} MB"
        )
    reached = rows[0]["requests_per_s"] >= GOAL_PER_S and rows[1]["peak_memory_bytes"] <= GOAL_BYTES
    reached = reached and rows[1]["opened"] == MANY and not rows[1]["failures"]
    print(f"goals {GOAL_PER_S}/s and {GOAL_BYTES / 1e6:.0f} MB: {'reached' if reached else 'missed'}")
    write("engine_capacity", {"reached": reached, "loads": rows})


if __name__ == "__main__":
    main()
