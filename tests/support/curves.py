"""Runs that look for capacities, made by hand: every rung known."""

from types import MappingProxyType

import numpy as np

from support.records import a_trial
from support.small_run import PASSED, START_S, a_folder, latencies
from wsgibench.analysis.phase_figures import figures_of
from wsgibench.bench.limits import limits_of
from wsgibench.model.curve import Curve
from wsgibench.model.load import Rate
from wsgibench.model.plan import Phase
from wsgibench.model.trial import Turn

RATES = (10, 40, 80, 90, 100, 110)


def a_curve(*limits, **fields):
    return Curve(limits=limits_of(limits), **fields)


def a_rung(rate_per_s, name="curve", hold_s=2.0):
    load = Rate(start_per_s=float(rate_per_s), end_per_s=float(rate_per_s))
    return Phase(name=f"{name}-{rate_per_s:g}", load=load, duration_s=hold_s)


def a_capacity_run(parent, stacks, *, blocks=3, limits=(), **plan):
    """A folder of a run of these stacks, without trials and phases."""
    of_curve = {name: plan.pop(name) for name in ("wanted_per_s", "hold_s", "hold_share", "requests") if name in plan}
    curve = a_curve(*limits, **of_curve)
    fields = {"objectives": ("capacity",), "looks": (blocks,), **plan}
    return a_folder(parent, stacks, blocks=blocks, phases=(), curve=curve, **fields)


def add_curve_trial(
    folder,
    number,
    stack,
    capacity_per_s,
    *,
    gates=(PASSED,),
    rates=RATES,
    hold_s=2.0,
    slow=MappingProxyType({}),
    failing=MappingProxyType({}),
    pending=MappingProxyType({}),
    engine_cpu_s=MappingProxyType({}),
    **fields,
):
    """A finished trial: beyond its capacity every request takes 400 ms, at the rates ``slow`` a share, else few do.

    At the rates ``failing`` a share fails at once, at those of ``pending`` so many wait in the end, and at those of
    ``engine_cpu_s`` the engine takes so much.
    """
    limits = folder.read_run().plan.curve.limits
    rungs = [a_rung(rate, hold_s=hold_s) for rate in rates]
    recordings = {rung.name: _recorded(rung, capacity_per_s, slow, failing) for rung in rungs}
    phases = {
        rung.name: figures_of(
            recordings[rung.name],
            rung.load,
            duration_s=hold_s,
            completed=None,
            answered=None,
            cpu_s={"server": 1.0},
            engine_cpu_s=engine_cpu_s.get(rung.load.start_per_s, 0.1),
            limits=limits,
        )
        for rung in rungs
    }
    turns = tuple(
        Turn(
            phase=rung.name,
            start_s=START_S,
            duration_s=hold_s,
            outcomes={"ok": phases[rung.name].requests},
            stack_cpu_s=0.1,
            engine_cpu_s=0.01,
            pending=pending.get(rung.load.start_per_s, 0),
            has_settled=rung.load.start_per_s not in pending,
        )
        for rung in rungs
    )
    trial = a_trial(number, stack, phases=phases, rungs=tuple(rungs), turns=turns, gates=tuple(gates), **fields)
    place = folder.begin_trial(trial.folder)
    for name, recording in recordings.items():
        place.write_recording(name, recording)
    place.write(trial)
    return trial


def a_run_of_capacities(parent, capacities, *, of_trials=MappingProxyType({}), **plan):
    """A whole run: a tuple of capacities for each stack, one a block; what its trials have besides by stack."""
    blocks = len(next(iter(capacities.values())))
    folder = a_capacity_run(parent, list(capacities), blocks=blocks, **plan)
    number = 0
    for block in range(blocks):
        for stack, of_blocks in capacities.items():
            number += 1
            add_curve_trial(folder, number, stack, of_blocks[block], block=block + 1, **of_trials.get(stack, {}))
    return folder


def _recorded(rung, capacity_per_s, slow, failing):
    rate = rung.load.start_per_s
    count = max(round(rate * rung.duration_s), 1) * 10
    failed = round(count * failing.get(rate, 0.0))
    share = slow.get(rate)
    if share is None:
        share = 1.0 if rate > capacity_per_s * 1.1 else min((rate / capacity_per_s) ** 20 / 100, 1.0)
    good = count - failed
    times = np.where(np.arange(good) < round(good * share), 400.0, 10.0 + 5 * rate / capacity_per_s)
    return latencies(times, failures=[0] * failed)
