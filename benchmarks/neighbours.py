"""What the load engine and a stack do to one another on the same cores, by what the scheduler is asked for.

One stack is up; one engine visits it in turns, an open load each time, and between the turns both are given to the
scheduler in another way, in random order. The first way has the engine on a core of its own; the last one, which takes
root, lets the engine run whenever it wants to: what its clock then adds is next to nothing, so that it is the truth to
be held against. Prints the medians over the turns of each percentile; writes results/neighbours.json.
"""

import argparse
import contextlib
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from engine_bench import write

from wsgibench.bench.apps import app_under_test
from wsgibench.bench.engine_process import EngineProcess
from wsgibench.deploy.serving import serving
from wsgibench.model.engine import EngineJob, LoadDone, RunLoad, Target
from wsgibench.model.load import Connections, Load, Rate, Requests
from wsgibench.model.recording import BUCKETS, Recording
from wsgibench.model.stack import parse_stack
from wsgibench.processes.ports import free_ports
from wsgibench.processes.scheduling import run_soon
from wsgibench.processes.tree import processes_of
from wsgibench.stats.latency import percentiles_s

_SHARES = (0.5, 0.9, 0.99)
_LEAD_S = 0.3


def _threads(roots: Iterable[int]) -> list[int]:
    found = []
    for pid in processes_of(roots):
        with contextlib.suppress(OSError):
            found += [int(path.name) for path in Path(f"/proc/{pid}/task").iterdir()]
    return found


class _Way:
    """One way to give both to the scheduler."""

    def __init__(
        self,
        name: str,
        *,
        apart: bool = False,
        nice: tuple[int, int] = (0, 0),
        policy: tuple[int, int] = (os.SCHED_OTHER, os.SCHED_OTHER),
        slice_s: float = 0.0,
    ) -> None:
        self.name = name
        self._apart, self._nice, self._policy, self._slice_s = apart, nice, policy, slice_s

    def apply(self, stack: list[int], engine: list[int]) -> None:
        """Stack and engine by their thread ids."""
        cores = sorted(os.sched_getaffinity(0))
        half = max(len(cores) // 2, 1)
        for mine, affinity, nice, policy, slice_s in (
            (stack, cores[half:], self._nice[0], self._policy[0], 0.0),
            (engine, cores[:half], self._nice[1], self._policy[1], self._slice_s),
        ):
            for thread in mine:
                with contextlib.suppress(ProcessLookupError):
                    os.sched_setaffinity(thread, affinity if self._apart else cores)
                    param = os.sched_param(1 if policy == os.SCHED_FIFO else 0)
                    os.sched_setscheduler(thread, policy, param)
                    os.setpriority(os.PRIO_PROCESS, thread, nice)
                    if policy == os.SCHED_OTHER:
                        run_soon(thread, slice_s=slice_s)


WAYS = (
    _Way("apart", apart=True),
    _Way("shared"),
    _Way("stack at nice 5", nice=(5, 0)),
    _Way("stack SCHED_BATCH", policy=(os.SCHED_BATCH, os.SCHED_OTHER)),
    _Way("engine with slices of 0.1 ms", slice_s=1e-4),
)
WAYS_OF_ROOT = (
    _Way("engine at nice -5", nice=(0, -5)),
    _Way("engine SCHED_FIFO", policy=(os.SCHED_OTHER, os.SCHED_FIFO)),
)


def measure(
    name: str, target: str | None, ways: list[_Way], loads: dict[str, Load], *, rounds: int, turn_s: float
) -> dict[tuple[str, str], list[dict[str, float]]]:
    """Figures by load and way: lists over the rounds."""
    app = app_under_test(target, directory=str(Path.cwd()), python=sys.executable)
    path = "/quotes/byId?id={id}" if target is None else "/"
    found: dict[tuple[str, str], list[dict[str, float]]] = {}
    with (
        tempfile.TemporaryDirectory() as directory,
        serving(app, parse_stack(name), lambda: free_ports(1)[0], timeout_s=10) as served,
    ):
        plan = [(load, way) for load in loads for _ in range(rounds) for way in random.sample(ways, len(ways))]
        phases = {f"turn{number}": loads[load] for number, (load, _) in enumerate(plan)}
        job = EngineJob(
            targets=(Target(name="stack", address=served.address),),
            phases=phases,
            requests=Requests(paths=(path,), last_id=8558),
            directory=f"{directory}/recordings",
            seed=1,
        )
        engine = EngineProcess("native", job, directory=Path(directory))
        try:
            engine.wait_ready()
            stack = [row.pid for row in served.supervisor.status() if row.pid]
            done = []
            for number, (_, way) in enumerate(plan):
                way.apply(_threads(stack), _threads([engine.pid]))
                run = RunLoad(target="stack", phase=f"turn{number}", duration_s=turn_s, warmup_s=_LEAD_S)
                done.append(engine.run(run, ramp_s=0.0, check=lambda: None))
            recordings = {phase: recording for (_, phase), recording in engine.finish().items()}
            for number, (load, way) in enumerate(plan):
                figures = _figures(recordings[f"turn{number}"], done[number])
                found.setdefault((load, way.name), []).append(figures)
        finally:
            engine.end()
    return found


def _figures(recording: Recording, done: LoadDone) -> dict[str, float]:
    totals = recording.latency.totals(BUCKETS)
    p50, p90, p99 = (float(each) * 1e3 for each in percentiles_s(totals, _SHARES))
    late = percentiles_s(recording.lateness.totals(BUCKETS), (0.5, 0.99))
    rate = (done.completed or done.outcomes["ok"]) / done.duration_s
    return {
        "requests_per_s": rate,
        "p50_ms": p50,
        "p90_ms": p90,
        "p99_ms": p99,
        "late_p50_ms": float(late[0]) * 1e3,
        "late_p99_ms": float(late[1]) * 1e3,
        "engine_us": done.cpu_s / max(done.outcomes["ok"], 1) * 1e6,
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stacks", nargs="*", default=["gunicorn", "granian"])
    parser.add_argument("--app", default=None)
    parser.add_argument("--rates", type=float, nargs="*", default=[200.0])
    parser.add_argument("--share", type=float, default=0.5, help="of what the stack bears: another rate; 0: none")
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--turn", type=float, default=2.0)
    arguments = parser.parse_args()
    ways = [*WAYS, *(WAYS_OF_ROOT if os.geteuid() == 0 else ())]
    rows = []
    for name in arguments.stacks:
        began = time.monotonic()
        found, rates = {}, list(arguments.rates)
        if arguments.share:
            found = measure(name, arguments.app, ways, {"saturated": Connections(count=32)}, rounds=3, turn_s=1.0)
            bears = min(statistics.median(each["requests_per_s"] for each in turns) for turns in found.values())
            rates.append(round(bears * arguments.share, -1))
        loads: dict[str, Load] = {f"{rate:g}/s": Rate(start_per_s=rate, end_per_s=rate) for rate in rates}
        found |= measure(name, arguments.app, ways, loads, rounds=arguments.rounds, turn_s=arguments.turn)
        for (load, way), turns in sorted(found.items(), key=lambda item: item[0][0]):
            row = {key: statistics.median(each[key] for each in turns) for key in turns[0]}
            rows.append({"stack": name, "load": load, "way": way, **row})
            figures = "  ".join(f"{key} {value:9.3f}" for key, value in row.items())
            print(f"{name:12} {load:10} {way:30} {figures}", flush=True)
        print(f"{name}: {time.monotonic() - began:.0f} s", flush=True)
    write("neighbours", {"rows": rows})


if __name__ == "__main__":
    main()
