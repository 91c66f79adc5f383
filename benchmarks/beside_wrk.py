"""Ratios of stacks, saturated on all cores, by wrk and by the native engine with and without short slices.

All stacks are up; each round visits each of them with each client, in random order. Prints for each client requests/s,
and the ratio to the first stack as the median over the rounds. Writes results/beside_wrk.json.
"""

import argparse
import contextlib
import random
import re
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from engine_bench import write

from wsgibench.bench.apps import app_under_test
from wsgibench.bench.engine_process import EngineProcess
from wsgibench.deploy.serving import serving
from wsgibench.model.engine import EngineJob, RunLoad, Target
from wsgibench.model.load import Connections, Requests
from wsgibench.model.stack import parse_stack
from wsgibench.processes.ports import free_ports
from wsgibench.processes.scheduling import run_soon

_CONNECTIONS = 32
_LEAD_S = 0.2
_SLICES_S = {"native": 0.0, "native, slices of 0.1 ms": 1e-4}


def by_wrk(url: str, seconds: float) -> float:
    """Requests per second."""
    argv = ("wrk", "-t1", f"-c{_CONNECTIONS}", f"-d{max(round(seconds), 1)}s", url)
    said = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    found = re.search(r"Requests/sec:\s+([\d.]+)", said)
    assert found, said
    return float(found[1])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stacks", nargs="*", default=["gunicorn", "nginx+uwsgi", "granian"])
    parser.add_argument("--app", default=None)
    parser.add_argument("--chdir", default=".")
    parser.add_argument("--path", default="/quotes/byId?id=77")
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--seconds", type=float, default=1.0)
    arguments = parser.parse_args()
    app = app_under_test(arguments.app, directory=str(Path(arguments.chdir).resolve()), python=sys.executable)
    found: dict[str, dict[str, list[float]]] = {}
    with contextlib.ExitStack() as stack, tempfile.TemporaryDirectory() as directory:
        served = {
            name: stack.enter_context(serving(app, parse_stack(name), lambda: free_ports(1)[0], timeout_s=10))
            for name in arguments.stacks
        }
        job = EngineJob(
            targets=tuple(Target(name=name, address=each.address) for name, each in served.items()),
            phases={"saturated": Connections(count=_CONNECTIONS)},
            requests=Requests(paths=(arguments.path,)),
            directory=f"{directory}/recordings",
            seed=1,
        )
        engine = EngineProcess("native", job, directory=Path(directory))
        stack.callback(engine.end)
        engine.wait_ready()
        for _ in range(arguments.rounds):
            visits = [(client, name) for client in ("wrk", *_SLICES_S) for name in served]
            for client, name in random.sample(visits, len(visits)):
                if client == "wrk":
                    rate = by_wrk(f"http://{served[name].address}{arguments.path}", arguments.seconds)
                else:
                    run_soon(engine.pid, slice_s=_SLICES_S[client])
                    load = RunLoad(target=name, phase="saturated", duration_s=arguments.seconds, warmup_s=_LEAD_S)
                    done = engine.run(load, ramp_s=0.0, check=lambda: None)
                    rate = (done.completed or 0) / done.duration_s
                found.setdefault(client, {}).setdefault(name, []).append(rate)
    first = arguments.stacks[0]
    rows = []
    for client, rates in found.items():
        for name, each in rates.items():
            ratios = [rate / base for rate, base in zip(each, rates[first], strict=True)]
            row = {"client": client, "stack": name, "requests_per_s": statistics.median(each)}
            row |= {"ratio": statistics.median(ratios)}
            rows.append(row)
            print(f"{client:26} {name:14} {row['requests_per_s']:9,.0f}/s  {row['ratio']:.3f} of {first}")
    write("beside_wrk", {"rows": rows})


if __name__ == "__main__":
    main()
