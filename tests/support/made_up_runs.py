"""Whole runs whose answer is known: figures by stack, with noise drawn from a seed."""

import msgspec
import numpy as np

from support.records import CREATED_S
from support.small_run import BROKEN, PASSED, a_folder, add_trial, latencies
from wsgibench.model.stack import parse_candidate
from wsgibench.model.trial import TrialTimes

BLOCK_S = 30.0
_DRAWN, _TIMES = 400, 3
_REQUESTS = _DRAWN * _TIMES
_SHARES, _LATENCIES = (0.5, 0.9, 0.99), (1.0, 1.2, 1.5)
"""Median, p90 and p99, as multiples of the reciprocal of the requests/s."""


def made_up(
    parent,
    requests_per_s,
    *,
    blocks=6,
    noise=0.01,
    noisy=None,
    broken=(),
    crashed=(),
    memory=True,
    seed=5,
    status="done",
    stop=None,
    **plan,
):
    """The folder of a run: each stack has its requests/s, and mean latencies that are their reciprocal.

    ``broken`` and ``crashed`` are (stack, block) whose trial failed a gate, or never had figures; ``noisy`` is the
    noise of some stacks.
    """
    looks = plan.pop("looks", tuple(range(3, blocks + 1)))
    folder = a_folder(parent, requests_per_s, blocks=blocks, phases=("steady", "saturated"), looks=looks, **plan)
    draw = np.random.default_rng(seed)
    number = 0
    for block in range(1, blocks + 1):
        block_noise = draw.normal(0, 0.05)
        for stack, rate in requests_per_s.items():
            number += 1
            begins_s = CREATED_S + (block - 1) * BLOCK_S
            times = TrialTimes(started_s=begins_s, stopped_s=begins_s + BLOCK_S)
            factor = float(np.exp(block_noise + draw.normal(0, (noisy or {}).get(stack, noise))))
            if (stack, block) in crashed:
                _add_crashed(folder, number, stack, block, times)
                continue
            pss_bytes = 3e7 * float(np.exp(draw.normal(0, 0.002))) if memory else None
            ok = (stack, block) not in broken
            _add(folder, draw, number, stack, rate * factor, block=block, times=times, ok=ok, pss_bytes=pss_bytes)
    run = folder.read_run()
    folder.write_run(msgspec.structs.replace(run, status=status, stop=stop))
    return folder


def _add(folder, draw, number, stack, rate, *, block, times, ok, pss_bytes):
    recording = latencies((1e3 / rate * _drawn(draw)).tolist())
    add_trial(
        folder,
        number,
        stack,
        {"steady": recording, "saturated": recording},
        block=block,
        times=times,
        gates=[PASSED if ok else BROKEN],
        pss_bytes=pss_bytes,
        duration_s=_REQUESTS / rate,
        server_cpu_s=2 * _REQUESTS / rate,
    )


def _drawn(draw):
    """Latencies by chance, stretched so that their percentiles are known."""
    drawn = np.repeat(np.sort(draw.lognormal(0, 0.1, _DRAWN)), _TIMES)
    places = [0, *(round(share * _REQUESTS) - 1 for share in _SHARES), _REQUESTS - 1]
    return np.interp(drawn, drawn[places], [0.8, *_LATENCIES, 1.9])


def _add_crashed(folder, number, stack, block, times):
    trial = add_trial(folder, number, stack, {}, block=block, times=times, gates=[])
    crashed = msgspec.structs.replace(trial, status="failed", error="It ended.", stack=parse_candidate(stack))
    folder.trial(trial).write(crashed)
