"""Which cores the stacks get, and which the load engine and the monitor.

Shared, the stack has all that it would have when deployed, and the engine takes its part from them: little, which a
gate checks. Apart, nothing is taken from anybody, but on a small machine the stack has but half of it.
"""

import os
from collections.abc import Collection, Mapping

import msgspec

from wsgibench.bench.option_rows.engine import cores_in
from wsgibench.errors import UsageError
from wsgibench.model.cores import Cores
from wsgibench.model.plan import Plan

_APART_SHARE = 1 / 8
"""With at most this part of the machine for the engine, the stack still has about what it would have."""
_WORKERS_LEAST = 2


def choose_cores(
    mode: str, stack: str | None, engine: str | None, *, engine_processes: int = 1, available: Collection[int]
) -> Cores:
    """The cores, from ``--cores`` and the lists that the user gave, as in ``2-5,7``.

    Where one list is given, the other side gets what is left of ``available``; with ``shared``, all of it.

    Raises:
        UsageError: a list is none, names a core that is not available, or contradicts the mode.
    """
    cores = tuple(sorted(available))
    stacks = None if stack is None else _parsed("--stack-cores", stack, cores)
    engines = None if engine is None else _parsed("--engine-cores", engine, cores)
    if stacks is None and engines is None and mode != "shared":
        found = (automatic_cores if mode == "auto" else split_cores)(cores, engine_processes)
    elif mode == "shared":
        stacks = stacks or cores
        found = Cores(stack=stacks, engine=engines or stacks, available=len(cores))
    else:
        stacks = stacks or _left(cores, engines or ())
        found = Cores(
            stack=stacks, engine=engines or _left(cores, stacks)[: max(1, engine_processes)], available=len(cores)
        )
    found = msgspec.structs.replace(found, asked=mode != "auto" or stack is not None or engine is not None)
    if mode == "apart" and found.shared:
        raise UsageError(
            f"--cores apart, and {_listed(found.shared)} would be both the stack's and the engine's.",
            "Give each cores of its own, or --cores shared.",
        )
    if mode == "shared" and not found.shared:
        raise UsageError(
            f"--cores shared, and the stack has {_listed(found.stack)} while the engine has {_listed(found.engine)}.",
            "Leave --cores out, or give both the same cores.",
        )
    return found


def automatic_cores(available: Collection[int], engine_processes: int = 1) -> Cores:
    """Apart where the engine's cores are at most an eighth of the machine, else shared."""
    cores = tuple(sorted(available))
    if engine_processes > len(cores) * _APART_SHARE:
        return Cores(stack=cores, engine=cores, available=len(cores))
    return split_cores(cores, engine_processes)


def split_cores(available: Collection[int], engine_processes: int = 1) -> Cores:
    """Apart: the engine gets the first cores, one for each process, at most half; the stack gets the others.

    With a single core both hold it, and nothing can be kept apart.
    """
    cores = tuple(sorted(available))
    if len(cores) < 2:
        return Cores(stack=cores, engine=cores, available=len(cores))
    share = max(1, min(engine_processes, len(cores) // 2))
    return Cores(stack=cores[share:], engine=cores[:share], available=len(cores))


def cores_of(plan: Plan) -> Cores:
    """Those of the plan; apart where it was made before they were recorded.

    Raises:
        UsageError: the plan has cores that this process may not use.
    """
    available = available_cores()
    if plan.cores is None:
        return split_cores(available, plan.engine_processes)
    missing = tuple(sorted({*plan.cores.stack, *plan.cores.engine} - available))
    if missing:
        raise UsageError(
            f"The run has {_listed(missing)}, which this process may not use now.",
            f"Go on where it began, or begin anew; here there {_are(available)}.",
        )
    return plan.cores


def available_cores() -> set[int]:
    """The cores that this process may use, by its affinity and its cgroup."""
    return os.sched_getaffinity(0)


def default_workers(stack_cores: Collection[int]) -> int:
    """As many as the stack has cores, and two at least: one that waits must not hold up all."""
    return max(len(stack_cores), _WORKERS_LEAST)


def cores_for(cores: Cores, shares: Mapping[str, float], *, allowed: float, engine_processes: int = 1) -> Cores:
    """The cores to go on with, when the engine took ``shares`` of the shared ones, by stack, saturated.

    Where some stack would fail the gate that allows the engine so much, all are measured apart, since the fastest
    would be the ones that do not count. Unchanged where the user decided, or where there is but one core.
    """
    if cores.asked or not cores.shared or len(cores.stack) < 2 or not shares:
        return cores
    stack, share = max(shares.items(), key=lambda item: item[1])
    if share <= allowed:
        return cores
    return msgspec.structs.replace(
        split_cores(cores.stack, engine_processes),
        available=cores.available,
        why=f"The app is so light that the load engine would take {share:.0%} of the CPU from {stack}, so it has a "
        "core of its own.",
    )


def _left(cores: tuple[int, ...], taken: Collection[int]) -> tuple[int, ...]:
    """What one side gets when the other has ``taken``: all, where nothing is left."""
    return tuple(core for core in cores if core not in taken) or cores


def _parsed(flag: str, text: str, available: tuple[int, ...]) -> tuple[int, ...]:
    """Core numbers of ``2-5,7``, ascending, of those that are there."""
    found = cores_in(text, flag)
    unknown = [core for core in found if core not in available]
    if unknown:
        raise UsageError(
            f"{flag} '{text}' names {_listed(unknown)}, which this process may not use.",
            f"There {_are(available)}; taskset, a container or its cpuset may hide others.",
        )
    return found


def _are(available: Collection[int]) -> str:
    return f"{'is' if len(available) == 1 else 'are'} {_listed(sorted(available))}"


def _listed(cores: Collection[int]) -> str:
    return f"{'core' if len(cores) == 1 else 'cores'} {', '.join(map(str, cores))}"
