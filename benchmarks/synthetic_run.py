"""Makes the folder of a run that never was: seven stacks of 60 minutes by default, in seconds.

For measuring and testing what reads run folders. Its figures are drawn at random and say nothing of any server; the
profile of its plan and the CPU of its machine are called ``synthetic``.
"""

import argparse
import time
from pathlib import Path
from typing import Any

import numpy as np

from wsgibench.model.app import App
from wsgibench.model.load import Requests, Users
from wsgibench.model.monitor import TreeSample
from wsgibench.model.plan import Phase, Plan
from wsgibench.model.recording import OUTCOMES, Recording, SecondCounts, bucket_of
from wsgibench.model.run import Machine, Run
from wsgibench.model.stack import ARTICLE_STACKS, DIRECT, Stack, parse_stack
from wsgibench.model.trial import GateResult, PhaseFigures, Trial, TrialTimes
from wsgibench.monitors import _layout
from wsgibench.monitors._header import header
from wsgibench.runs import RunFolder
from wsgibench.stats.latency import max_s, mean_s, percentiles_s, totals_of

PHASE = "steady"
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
    run = _run(cells, duration_s, blocks, cores, seed)
    folder = RunFolder.create(parent, run)
    number = 0
    for block in range(1, blocks + 1):
        for position, cell in enumerate(draw.permutation(len(cells)), start=1):
            number += 1
            _make_trial(
                folder,
                draw,
                number=number,
                block=block,
                position=position,
                stack=cells[cell],
                duration_s=duration_s,
                requests_per_s=requests_per_s,
                cores=cores,
            )
    return folder


def _run(cells: tuple[Stack, ...], duration_s: int, blocks: int, cores: int, seed: int) -> Run:
    phase = Phase(name=PHASE, load=Users(count=500, spawn_rate_per_s=10.0), duration_s=float(duration_s))
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
    draw: np.random.Generator,
    *,
    number: int,
    block: int,
    position: int,
    stack: Stack,
    duration_s: int,
    requests_per_s: int,
    cores: int,
) -> None:
    start_s = START_S + (number - 1) * (duration_s + 1.0)
    recording = _recording(draw, start_s, duration_s, requests_per_s)
    trial = Trial(
        number=number,
        stack=stack,
        block=block,
        position=position,
        status="done",
        times=TrialTimes(started_s=start_s - 0.8, ready_s=start_s - 0.2, stopped_s=start_s + duration_s + 0.1),
        phases={PHASE: _figures(recording, duration_s, proxied=stack.proxy != DIRECT)},
        gates=(_gate(recording),),
        pss_bytes=float(draw.normal(9e8, 3e7)),
        overhead_s=0.9,
        machine={"load_1min_mean": 1.1, "steal_share": 0.004},
    )
    trial_folder = folder.begin_trial(trial.folder)
    trial_folder.write_recording(PHASE, recording)
    trial_folder.monitor.write_bytes(_monitor(draw, start_s, duration_s, cores, proxied=stack.proxy != DIRECT))
    trial_folder.write(trial)


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


def _figures(recording: Recording, duration_s: int, *, proxied: bool) -> PhaseFigures:
    totals = totals_of(recording)
    outcomes = recording.outcomes.totals(len(OUTCOMES))
    good = int(outcomes[OUTCOMES.index("ok")])
    p50, p90, p99, p999 = percentiles_s(totals, [0.5, 0.9, 0.99, 0.999]).tolist()
    return PhaseFigures(
        start_s=recording.start_s,
        duration_s=float(duration_s),
        outcomes={name: int(count) for name, count in zip(OUTCOMES, outcomes, strict=True) if count},
        events={"connects": 500},
        requests_per_s=good / duration_s,
        mean_s=mean_s(recording),
        p50_s=p50,
        p90_s=p90,
        p99_s=p99,
        p999_s=p999,
        max_s=max_s(totals),
        server_cpu_s=good * 0.0011,
        proxy_cpu_s=good * 0.00006 if proxied else None,
        engine_cpu_s=good * 0.00014,
    )


def _gate(recording: Recording) -> GateResult:
    counts = recording.outcomes.totals(len(OUTCOMES))
    share = 1 - counts[OUTCOMES.index("ok")] / counts.sum()
    return GateResult(
        name="errors",
        passed=bool(share <= 0.001),
        figure=float(share),
        threshold=0.001,
        unit="share",
        cause=f"{share:.3%} of the requests failed.",
        phase=PHASE,
    )


def _monitor(draw: np.random.Generator, start_s: float, duration_s: int, cores: int, *, proxied: bool) -> bytes:
    """A sample a second."""
    noise = draw.random((duration_s + 1, 4))
    parts = [_layout.begin(header(1.0, "0.1.0"))]
    for second, (load, memory, user, steal) in enumerate(noise.tolist()):
        trees = {"server": _tree(second * 0.24, 61, 1.2e9, second), "engine": _tree(second * 0.03, 1, 9e7, second)}
        if proxied:
            trees["proxy"] = _tree(second * 0.012, 3, 2e7, second)
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
