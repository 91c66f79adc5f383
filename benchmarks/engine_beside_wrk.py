"""Requests/s by the native engine and by wrk, alternating on the same served stack: do they read the same?

The stack serves a hello app on core 1, the engine or wrk asks from core 0, with so many connections, each as fast as it
is answered. gunicorn's sync workers close each connection after its answer, so that every request pays for a new one;
uwsgi-http and granian keep theirs. With a single connection the client's own time stands between an answer and the next
request, and what it takes longer than wrk, in C, is missing in the figure. Goal: within 5 % of wrk.
Writes results/engine_beside_wrk.json.
"""

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from engine_bench import ENGINE_CORE, SERVER_CORE, native, write

from wsgibench.bench.apps import app_under_test
from wsgibench.deploy.serving import serving
from wsgibench.model.load import Connections
from wsgibench.model.stack import parse_stack
from wsgibench.processes.ports import listening_port

APPS = Path(__file__).parent.parent / "tests" / "apps"
GOAL = 0.05


@contextmanager
def on_core(core: int) -> Iterator[None]:
    """What is started within stays on that core."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@contextmanager
def stack(name: str, app: str) -> Iterator[int]:
    """The port of a stack with two workers on the server's core."""
    under_test = app_under_test(app, directory=str(APPS), python=sys.executable, env=())
    server = serving(under_test, parse_stack(name, workers=2), lambda: listening_port("127.0.0.1", 0), timeout_s=20)
    with ExitStack() as exits:
        with on_core(SERVER_CORE):
            served = exits.enter_context(server)
        yield served.address.port


def wrk_per_s(wrk: str, port: int, connections: int, seconds: int) -> float:
    """What wrk says."""
    argv = (wrk, "-t1", f"-c{connections}", f"-d{seconds}s", f"http://127.0.0.1:{port}/")
    with on_core(ENGINE_CORE):
        said = subprocess.run(argv, capture_output=True, text=True, check=True, timeout=seconds + 30).stdout
    return float(re.findall(r"Requests/sec:\s+([\d.]+)", said)[0])


def alternate(wrk: str, port: int, connections: int, rounds: int, seconds: int) -> dict[str, object]:
    """Both by turns; medians, and the median of the ratios of neighbours."""
    seen: dict[str, list[float]] = {"native": [], "wrk": []}
    with native(port, Connections(count=connections)) as engine:
        engine.run(0.5)
        for number in range(rounds):
            for which in ("native", "wrk") if number % 2 else ("wrk", "native"):
                if which == "wrk":
                    seen[which].append(wrk_per_s(wrk, port, connections, seconds))
                else:
                    done = engine.run(seconds, warmup_s=0.05)
                    seen[which].append((done.completed or 0) / done.duration_s)
    ratios = [mine / its for mine, its in zip(seen["native"], seen["wrk"], strict=True)]
    return {
        **{f"{which}_per_s": statistics.median(values) for which, values in seen.items()},
        "ratio": statistics.median(ratios),
        "ratios": sorted(ratios),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stacks", nargs="+", default=["gunicorn", "uwsgi-http", "granian"], help="which ones")
    parser.add_argument("--connections", nargs="+", type=int, default=[1, 2, 32], help="how many at a time")
    parser.add_argument("--rounds", type=int, default=9, help="alternations; the medians count")
    parser.add_argument("--seconds", type=int, default=2, help="of each measurement")
    parser.add_argument("--app", default="hello:app", help="an app below tests/apps (default: hello:app)")
    arguments = parser.parse_args()
    wrk = shutil.which("wrk")
    if not wrk:
        raise SystemExit("There is no wrk on PATH.")
    rows = []
    print(f"{'stack':12} {'connections':>11} {'native':>9} {'wrk':>9} {'ratio':>7}   all")
    for name in arguments.stacks:
        with stack(name, arguments.app) as port:
            for connections in arguments.connections:
                row = alternate(wrk, port, connections, arguments.rounds, arguments.seconds)
                rows.append({"stack": name, "connections": connections, **row})
                every = " ".join(f"{ratio:.3f}" for ratio in row["ratios"])
                print(
                    f"{name:12} {connections:11} {row['native_per_s']:9,.0f} {row['wrk_per_s']:9,.0f} "
                    f"{row['ratio']:7.3f}   {every}",
                    flush=True,
                )
    write("engine_beside_wrk", {"app": arguments.app, "goal": GOAL, "rows": rows})


if __name__ == "__main__":
    main()
