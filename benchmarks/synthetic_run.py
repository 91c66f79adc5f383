"""Makes the folder of a run that never was: seven stacks of 60 minutes by default, in seconds.

For measuring and testing what reads run folders. Its figures are drawn at random and say nothing of any server; the
profile of its plan and the CPU of its machine are called ``synthetic``.
"""

import argparse
import time
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from wsgibench.analysis.audit.again import Seen, evidence_again
from wsgibench.analysis.gates import check_all
from wsgibench.analysis.gathering import pss_bytes
from wsgibench.analysis.phase_figures import figures_of
from wsgibench.model.answers import ComparedBodies
from wsgibench.model.app import App
from wsgibench.model.load import Load, Requests, Users
from wsgibench.model.monitor import TreeSample
from wsgibench.model.plan import Phase, Plan
from wsgibench.model.recording import OUTCOMES, Recording, SecondCounts, bucket_of
from wsgibench.model.run import Machine, Run
from wsgibench.model.slots import Slot, slots_of
from wsgibench.model.stack import ARTICLE_STACKS, DIRECT, Stack, parse_stack
from wsgibench.model.trial import Observed, PhaseFigures, Trial, TrialTimes, Turn, WorkerCount
from wsgibench.monitors import MONITORS, _layout
from wsgibench.monitors._header import header
from wsgibench.runs import RunFolder

PHASE = "steady"
SERVER_S, PROXY_S = 0.0011, 0.00006
"""CPU of a request."""
START_S = 1795228020.0


def make_run(
    parent: Path,
    *,
    stacks: tuple[str, ...] = ARTICLE_STACKS,
    duration_s: int = 3600,
    requests_per_s: int = 220,
    blocks: int = 1,
    workers: tuple[int, ...] = (60,),
    cores: int = 2,
    seed: int = 1,
) -> RunFolder:
    """A finished run below ``parent``: each stack with each number of workers in each block, ``duration_s`` a trial."""
    draw = np.random.default_rng(seed)
    cells = tuple(
        parse_stack(f"{name}:w{count}" if len(workers) > 1 else name, workers=count)
        for count in workers
        for name in stacks
    )
    run = _run(cells, duration_s, requests_per_s, blocks=blocks, cores=cores, seed=seed)
    folder = RunFolder.create(parent, run)
    for slot in slots_of(run.plan):
        _make_trial(folder, run, draw, slot, duration_s=duration_s, requests_per_s=requests_per_s, cores=cores)
    return folder


def _run(cells: tuple[Stack, ...], duration_s: int, requests_per_s: int, *, blocks: int, cores: int, seed: int) -> Run:
    # Each of them asks once in 2 s, but for what an answer takes.
    load = Users(count=round(requests_per_s * 2.01), spawn_rate_per_s=10.0)
    phase = Phase(name=PHASE, load=load, duration_s=float(duration_s))
    return Run(
        plan=Plan(
            app=App(target="quoteserver.wsgi:application", directory="/"),
            stacks=cells,
            phases=(phase,),
            requests=Requests(paths=("/quotes/byId?id={id}",), last_id=8558),
            engine="locust",
            monitor="psutil",
            blocks=blocks,
            seed=seed,
            profile="synthetic",
            store="sqlite, 8,558 documents, 8,558 distinct texts",
        ),
        machine=Machine(cpu="synthetic", cores=cores, memory_bytes=24 * 2**30, system="none", python="none"),
        versions={"wsgibench": "0.1.0"},
        command=("benchmarks/synthetic_run.py",),
        created_s=START_S,
        status="done",
        ended_s=START_S + blocks * len(cells) * (duration_s + 1.0),
    )


def _make_trial(
    folder: RunFolder,
    run: Run,
    draw: np.random.Generator,
    slot: Slot,
    *,
    duration_s: int,
    requests_per_s: int,
    cores: int,
) -> None:
    start_s = START_S + (slot.number - 1) * (duration_s + 1.0)
    recording = _recording(draw, start_s, duration_s, requests_per_s)
    proxied = slot.stack.proxy != DIRECT
    monitor = _monitor(draw, start_s, duration_s, cores, slot.stack.label, proxied=proxied)
    piece = _piece(recording, start_s, duration_s, proxied=proxied)
    trial = Trial(
        number=slot.number,
        stack=slot.stack,
        block=slot.block,
        position=slot.position,
        status="done",
        times=TrialTimes(started_s=start_s - 0.8, ready_s=start_s - 0.2, stopped_s=start_s + duration_s + 0.1),
        phases={PHASE: _figures(recording, run.plan.phases[0].load, piece, proxied=proxied)},
        overhead_s=0.9,
        machine={"load_1min_mean": 1.1, "steal_share": 0.004},
        pieces=(piece,),
        observed=Observed(
            began_s=start_s,
            ended_s=start_s + duration_s,
            expected_samples=duration_s,
            monitor_died=False,
            workers=(WorkerCount(asked=slot.stack.workers, found=slot.stack.workers),) * 2,
        ),
        bodies=ComparedBodies(asked=8558, compared=8558, expected=1000, in_run=8558),
    )
    samples, warnings = MONITORS.get(run.plan.monitor).parse(monitor)
    found = evidence_again(run, trial, {PHASE: recording}, Seen(samples=samples, warnings=warnings))
    trial_folder = folder.begin_trial(trial.folder)
    trial_folder.write_recording(PHASE, recording)
    trial_folder.monitor.write_bytes(monitor)
    trial_folder.write(
        msgspec.structs.replace(
            trial,
            phases={phase.name: phase.figures for phase in found.phases},
            gates=check_all(found),
            pss_bytes=pss_bytes(found.samples),
        )
    )


def _recording(draw: np.random.Generator, start_s: float, duration_s: int, requests_per_s: int) -> Recording:
    """Lognormal latencies, a little slower towards the end, one failure in 20,000."""
    per_second = draw.poisson(requests_per_s, duration_s)
    second = np.repeat(np.arange(duration_s), per_second)
    latency_s = draw.lognormal(np.log(draw.uniform(0.003, 0.009)) + 1e-5 * second, 0.5)
    outcome = np.where(draw.random(len(second)) < 5e-5, OUTCOMES.index("timeout"), OUTCOMES.index("ok"))
    return Recording(
        start_s,
        latency=SecondCounts.gather(second, bucket_of(latency_s)),
        outcomes=SecondCounts.gather(second, outcome),
        latency_sum_s=np.bincount(second, weights=latency_s, minlength=duration_s),
    )


def _piece(recording: Recording, start_s: float, duration_s: int, *, proxied: bool) -> Turn:
    counts = recording.outcomes.totals(len(OUTCOMES)).tolist()
    good = counts[OUTCOMES.index("ok")]
    return Turn(
        phase=PHASE,
        start_s=start_s,
        duration_s=float(duration_s),
        outcomes=dict(zip(OUTCOMES, counts, strict=True)),
        stack_cpu_s=good * (SERVER_S + (PROXY_S if proxied else 0.0)),
        engine_cpu_s=good * 0.00014,
        completed=good,
        answered=good,
    )


def _figures(recording: Recording, load: Load, piece: Turn, *, proxied: bool) -> PhaseFigures:
    good = piece.outcomes["ok"]
    return figures_of(
        recording,
        load,
        duration_s=piece.duration_s,
        completed=good,
        answered=good,
        cpu_s={"server": good * SERVER_S} | ({"proxy": good * PROXY_S} if proxied else {}),
        engine_cpu_s=piece.engine_cpu_s,
    )


def _monitor(
    draw: np.random.Generator, start_s: float, duration_s: int, cores: int, label: str, *, proxied: bool
) -> bytes:
    """A sample a second."""
    noise = draw.random((duration_s + 1, 4))
    parts = [_layout.begin(header(1.0, "0.1.0"))]
    for second, (load, memory, user, steal) in enumerate(noise.tolist()):
        trees = {"server": _tree(second * 0.24, 61, 1.2e9, second), "engine": _tree(second * 0.03, 1, 9e7, second)}
        if proxied:
            trees["proxy"] = _tree(second * 0.012, 3, 2e7, second)
        trees = {f"{label}/{role}": tree for role, tree in trees.items()}
        parts.append(_layout.encode(second, start_s + second, _machine(load, memory, user, steal, cores), trees))
    return b"".join([*parts, _layout.END])


def _machine(load: float, memory: float, user: float, steal: float, cores: int) -> dict[str, Any]:
    core = {"user": 20 * user, "nice": 0.0, "sys": 5.0, "idle": 74 - 20 * user, "iowait": 0.0, "hardirq": 0.0}
    core |= {"softirq": 0.5, "steal": steal, "guest": 0.0, "guestnice": 0.0}
    return {
        "proc_loadavg": {"load_avg_1min": 1 + load, "load_avg_5min": 1 + load / 3, "load_avg_15min": 1.2},
        "proc_meminfo": {"MemTotal": 24 * 2**30, "MemFree": int((20 + memory) * 2**30), "Cached": 2**30},
        "stat": {**{f"cpu{number}": core for number in range(cores)}, "counters": {"ctxt": 4000 + 500 * load}},
    }


def _tree(cpu_s: float, processes: int, rss_bytes: float, second: int) -> TreeSample:
    return TreeSample(
        cpu_s=cpu_s,
        rss_bytes=int(rss_bytes),
        pss_bytes=None if second % 2 else int(rss_bytes * 0.6),
        processes=processes,
        threads=processes,
        open_files=9 * processes,
        restarts=0,
    )


def main() -> None:
    """Make one and say where it is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parent", type=Path, help="the run folder is made below it")
    parser.add_argument("--minutes", type=float, default=60, help="of each trial (default %(default)s)")
    parser.add_argument("--rate", type=int, default=220, help="requests a second (default %(default)s)")
    parser.add_argument("--blocks", type=int, default=1)
    parser.add_argument("--workers", type=int, action="append", help="repeatable (default 60)")
    given = parser.parse_args()
    begin = time.perf_counter()
    folder = make_run(
        given.parent,
        duration_s=round(given.minutes * 60),
        requests_per_s=given.rate,
        blocks=given.blocks,
        workers=tuple(given.workers or (60,)),
    )
    size = sum(path.stat().st_size for path in folder.path.rglob("*") if path.is_file())
    print(f"{folder.path}: {size / 1e6:.1f} MB in {time.perf_counter() - begin:.1f} s")


if __name__ == "__main__":
    main()
