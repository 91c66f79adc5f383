"""Run folders made by hand: a few seconds, a few requests, every figure known."""

import json

import numpy as np

from support.records import a_run, a_trial, with_plan
from wsgibench.analysis.phase_figures import figures_of
from wsgibench.model.load import Connections, Rate
from wsgibench.model.plan import Phase
from wsgibench.model.recording import OUTCOMES, Recording, SecondCounts, bucket_of
from wsgibench.model.stack import parse_candidate
from wsgibench.model.trial import GateResult, Turn
from wsgibench.model.variant import Variant
from wsgibench.runs import RunFolder

START_S = 1795228100.0
PASSED = GateResult(name="errors", passed=True, figure=0.0, threshold=0.001, unit="share", cause="None failed.")
BROKEN = GateResult(name="errors", passed=False, figure=0.5, threshold=0.001, unit="share", cause="Half failed.")


def a_folder(parent, stacks, *, blocks=1, phases=("steady",), duration_s=4.0, **plan):
    """A run of these stacks, without trials."""
    loads = {"steady": Rate(start_per_s=250.0, end_per_s=250.0), "saturated": Connections(count=64)}
    run = a_run(status="done")
    candidates = tuple(parse_candidate(stack) for stack in stacks)
    variants = dict.fromkeys(each.variant for each in candidates if each.variant)
    fields = {
        "stacks": candidates,
        "variants": tuple(Variant(name=name) for name in variants),
        "phases": tuple(Phase(name=name, load=loads[name], duration_s=duration_s) for name in phases),
        "blocks": blocks,
    }
    return RunFolder.create(parent, with_plan(run, **{**fields, **plan}))


def latencies(*per_second, failures=()):
    """A recording: the latencies in ms of each second, and the seconds in which requests failed."""
    second = np.repeat(np.arange(len(per_second)), [len(each) for each in per_second])
    latency_s = np.array([one for each in per_second for one in each], np.float64) / 1e3
    ended = np.concatenate([second, np.array(failures, np.int64)])
    outcome = [OUTCOMES.index("ok")] * len(second) + [OUTCOMES.index("reset")] * len(failures)
    sums = np.bincount(second, weights=latency_s, minlength=len(per_second))
    return Recording(
        START_S,
        latency=SecondCounts.gather(second, bucket_of(latency_s)),
        outcomes=SecondCounts.gather(ended, outcome),
        latency_sum_s=sums,
    )


def steady_latencies(ms, seconds, per_second=20):
    """So many requests of that latency each second."""
    return latencies(*([ms] * per_second for _ in range(seconds)))


def add_trial(
    folder, number, stack, recordings, *, duration_s=None, server_cpu_s=1.98, gates=(PASSED,), samples=(), **fields
):
    """A finished trial with these recordings by phase.

    The monitor's samples: (time since start, load, free), and where there are any the CPU seconds and bytes of trees by
    name.
    """
    loads = {phase.name: phase.load for phase in folder.read_run().plan.phases}
    phases = {
        name: figures_of(
            recording,
            loads[name],
            duration_s=duration_s or float(len(recording.latency_sum_s)),
            completed=None,
            answered=None,
            cpu_s={"server": server_cpu_s},
            engine_cpu_s=0.5,
        )
        for name, recording in recordings.items()
    }
    trial = a_trial(number, stack, phases=phases, gates=tuple(gates), **fields)
    place = folder.begin_trial(trial.folder)
    for name, recording in recordings.items():
        place.write_recording(name, recording)
    if samples:
        place.monitor.write_bytes(json.dumps({"header": {}, "samples": [_sample(*one) for one in samples]}).encode())
    place.write(trial)
    return trial


def turns(phase, count, *, every_s, long_s=0.2, ok=50, failed=0):
    """Turns of a stack, one each ``every_s``."""
    return tuple(
        Turn(
            phase=phase,
            start_s=START_S + place * every_s,
            duration_s=long_s,
            outcomes={"ok": ok, "reset": failed},
            stack_cpu_s=0.1,
            engine_cpu_s=0.01,
        )
        for place in range(count)
    )


def _sample(after_s, load, free_bytes, trees=()):
    return {
        "timestamp": {"UTC": "2026-11-21T00:00:00.000"},
        "proc_loadavg": {} if load is None else {"load_avg_1min": load, "load_avg_5min": load / 2},
        "proc_meminfo": {"MemTotal": 2**35, "MemFree": free_bytes},
        "wsgibench": {"time_s": START_S + after_s, "trees": {name: _tree(*its) for name, its in dict(trees).items()}},
    }


def _tree(cpu_s, size_bytes):
    return {
        "cpu_s": cpu_s,
        "rss_bytes": size_bytes,
        "pss_bytes": size_bytes,
        "processes": 3,
        "threads": 3,
        "open_files": 9,
        "restarts": 0,
    }
