"""Runs made by hand to be held against one another: each trial's requests/s and CPU time are known."""

import msgspec
import numpy as np

from support.records import CREATED_S, a_run, a_trial, with_plan
from support.small_run import BROKEN, PASSED, latencies
from wsgibench.analysis.phase_figures import figures_of
from wsgibench.model.load import Connections
from wsgibench.model.plan import Phase
from wsgibench.model.recording import Recording, SecondCounts
from wsgibench.model.stack import parse_stack
from wsgibench.model.trial import TrialTimes
from wsgibench.runs import RunFolder

VERSIONS = {"wsgibench": "0.1.0", "gunicorn": "22.0.0", "waitress": "3.0.0", "pyuwsgi": "2.0.28", "nginx": "1.26.0"}
BLOCK_S = 10.0
_KINDS_MOST = 100_000


def a_compared_run(
    parent, rates, *, blocks=None, every_s=BLOCK_S, start_s=CREATED_S, broken=(), status="done", workers=2, **changed
):
    """A run whose stacks have these requests/s, ``{"gunicorn": [990, 1010]}``, one for each block; None fails.

    ``broken`` are (stack, block) that fail a gate. ``plan`` and ``machine`` replace fields of those records,
    ``versions`` of the versions. Blocks begin ``every_s`` apart.
    """
    count = blocks or max(map(len, rates.values()))
    stacks = tuple(parse_stack(name, workers=workers) for name in rates)
    run = a_run(status=status, created_s=start_s, versions=VERSIONS | changed.pop("versions", {}))
    fields = {
        "stacks": stacks,
        "blocks": count,
        "phases": (Phase(name="saturated", load=Connections(count=32), duration_s=2.0),),
        **changed.pop("plan", {}),
    }
    folder = RunFolder.create(
        parent,
        msgspec.structs.replace(
            with_plan(run, **fields),
            machine=msgspec.structs.replace(run.machine, **changed.pop("machine", {})),
            **changed,
        ),
    )
    for block in range(1, count + 1):
        for position, stack in enumerate(stacks, start=1):
            trial = _trial(
                (block - 1) * len(stacks) + position,
                stack,
                rates[stack.label][block - 1],
                block=block,
                began_s=start_s + (block - 1) * every_s + position,
                gate=BROKEN if (stack.label, block) in broken else PASSED,
                phases=[phase.name for phase in fields["phases"]],
            )
            place = folder.begin_trial(trial.folder)
            for phase in trial.phases:
                place.write_recording(phase, _recording(trial.phases[phase].outcomes["ok"]))
            place.write(trial)
    return folder


def _trial(number, stack, rate, *, block, began_s, gate, phases):
    trial = msgspec.structs.replace(
        a_trial(number, stack.label),
        stack=stack,
        block=block,
        times=TrialTimes(started_s=began_s, stopped_s=began_s + 0.5),
        pss_bytes=8e7,
        gates=(gate,),
    )
    if rate is None:
        return msgspec.structs.replace(trial, status="failed", error="It did not start.", phases={}, pss_bytes=None)
    count = max(round(rate * 2), 1)
    figures = figures_of(
        _recording(count),
        Connections(count=32),
        duration_s=count / rate,
        completed=None,
        answered=None,
        cpu_s={"server": 1.8},
        engine_cpu_s=0.5,
    )
    return msgspec.structs.replace(trial, phases=dict.fromkeys(phases, figures))


def _recording(count):
    """So many requests, from 2 to 6 ms; of very many only so many kinds."""
    if count > _KINDS_MOST:
        few, times = _recording(100), count // 100
        return Recording(
            few.start_s,
            latency=_times(few.latency, times),
            outcomes=_times(few.outcomes, times),
            latency_sum_s=few.latency_sum_s * times,
        )
    return latencies(np.linspace(2, 6, count // 2).tolist(), np.linspace(2, 6, count - count // 2).tolist())


def _times(table, times):
    return SecondCounts(table.second, table.key, table.count * times)
