"""Whether this machine is fit to measure on."""

import os
import resource
from collections.abc import Iterator
from pathlib import Path

import psutil

from wsgibench.bench.cores import automatic_cores, available_cores
from wsgibench.deploy.environment import environment_names
from wsgibench.model.check import Check
from wsgibench.model.plan import Thresholds
from wsgibench.model.server import BACKLOG
from wsgibench.processes.scheduling import can_run_soon
from wsgibench.units import format_size

_LOOK_S = 0.5
_FILES_WANTED = 4096
_PORTS_WANTED = 20_000
_STEAL_MAX = 0.01
_BUSY_MAX = 0.10


def look_at_machine() -> Iterator[Check]:
    """Cores, memory, limits, and what else goes on; half a second of it."""
    yield _cores()
    yield _scheduler()
    yield _memory()
    yield _open_files()
    yield from _kernel()
    yield _cgroup()
    yield _environment()
    yield _governor()
    yield from _machine_noise()


def _check(name: str, value: str, *, good: bool, meaning: str, advice: str) -> Check:
    """A good check needs no explanation."""
    if good:
        return Check(topic="machine", name=name, state="good", value=value)
    return Check(topic="machine", name=name, state="warning", value=value, meaning=meaning, advice=advice)


def _cores() -> Check:
    available = available_cores()
    value = f"{len(available)} of {os.cpu_count()}"
    if len(available) == 1:
        return _check(
            "cores",
            value,
            good=False,
            meaning="The load engine shares the only core with what it measures.",
            advice="Use a machine with two cores or more, or make the load on another machine.",
        )
    if not automatic_cores(available).shared:
        return _check("cores", value, good=True, meaning="", advice="")
    return Check(
        topic="machine",
        name="cores",
        state="good",
        value=f"{value}, shared by the load engine and the stacks",
        meaning=f"Requests/s are lower by what the engine takes: at most {Thresholds().engine_share:.0%}, or the trial "
        "does not count. How stacks compare changes by less.",
        advice="For a light app the engine gets a core of its own, which the stacks then lack; --cores decides. "
        "Figures for many cores need a machine that has them.",
    )


def _scheduler() -> Check:
    return _check(
        "scheduler",
        "lets the load engine run soon" if can_run_soon() else "knows no short slices",
        good=can_run_soon(),
        meaning="On cores that it shares with a stack, the engine may see an answer some ms late.",
        advice="Use Linux 6.12 or later, or --cores apart where response times are to be settled.",
    )


def _memory() -> Check:
    memory = psutil.virtual_memory()
    return _check(
        "memory",
        f"{format_size(memory.available)} free of {format_size(memory.total)}",
        good=memory.available > 2 * 1024**3,
        meaning="Many workers, or seven stacks at once, may not fit.",
        advice="Use fewer --workers, or measure one stack after another with --turns off.",
    )


def _open_files() -> Check:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return _check(
        "open files",
        f"{soft} (at most {hard})",
        good=min(hard, 2**62) >= _FILES_WANTED or hard == resource.RLIM_INFINITY,
        meaning="Each connection takes a file on both its ends; loads with many of them fail.",
        advice=f"Raise the hard limit: ulimit -Hn {_FILES_WANTED}, or LimitNOFILE= of the service.",
    )


def _kernel() -> Iterator[Check]:
    backlog = _number("/proc/sys/net/core/somaxconn")
    if backlog is not None:
        yield _check(
            "somaxconn",
            f"{backlog} connections",
            good=backlog >= BACKLOG,
            meaning="Servers' backlogs are cut to this, so bursts are refused that they would have held.",
            advice=f"sysctl net.core.somaxconn={BACKLOG}",
        )
    ports = _text("/proc/sys/net/ipv4/ip_local_port_range")
    if ports is not None:
        low, high = map(int, ports.split())
        yield _check(
            "ephemeral ports",
            f"{high - low + 1} ({low} to {high})",
            good=high - low >= _PORTS_WANTED,
            meaning=f"Without keep-alive, {(high - low) // 60} connections a second to one address use them all up.",
            advice="sysctl net.ipv4.ip_local_port_range='1024 65000'",
        )


def _cgroup() -> Check:
    version = 2 if Path("/sys/fs/cgroup/cgroup.controllers").exists() else 1
    quota = _text("/sys/fs/cgroup/cpu.max") if version == 2 else _text("/sys/fs/cgroup/cpu/cpu.cfs_quota_us")
    limited = quota is not None and quota.split()[0] not in ("max", "-1")
    return _check(
        "cgroup",
        f"version {version}, {f'CPU quota {quota}' if limited else 'no CPU quota'}",
        good=not limited,
        meaning="A quota stops everything for the rest of each period, which looks like slow servers.",
        advice="Measure outside the container, or give it whole cores instead of a quota.",
    )


def _governor() -> Check:
    governor = _text("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")
    return _check(
        "CPU frequency",
        f"governor {governor}" if governor else "not ours to control",
        good=governor in (None, "performance"),
        meaning="Speed changes with load, so that the first stacks of a block meet another machine than the last.",
        advice="cpupower frequency-set -g performance",
    )


def _machine_noise() -> Iterator[Check]:
    """Steal time and other load, over half a second."""
    times = psutil.cpu_times_percent(interval=_LOOK_S)
    steal = getattr(times, "steal", 0.0) / 100
    busy = 1 - (times.idle + getattr(times, "iowait", 0.0)) / 100 - steal
    yield _check(
        "steal time",
        f"{steal:.1%} over {_LOOK_S} s",
        good=steal <= _STEAL_MAX,
        meaning="Other machines on the same host take CPU; what they leave changes from second to second.",
        advice="Measure at a quieter time, with more blocks, or on a machine of your own.",
    )
    yield _check(
        "other load",
        f"{busy:.0%} of all cores over {_LOOK_S} s, load average {os.getloadavg()[0]:.1f}",
        good=busy <= _BUSY_MAX,
        meaning="Something else is at work here, and takes from some stacks more than from others.",
        advice="Stop it, or wait until it is done: top shows what it is.",
    )


def _text(path: str) -> str | None:
    try:
        return Path(path).read_text().strip()
    except OSError:
        return None


def _environment() -> Check:
    """No warning: the stacks do not get them. But who relies on one is told."""
    names = environment_names()
    removed = f", without {', '.join(names.removed)}" if names.removed else ""
    return Check(
        topic="machine",
        name="environment",
        state="good",
        value=f"{len(names.passed)} variables for the stacks{removed}",
        meaning="Those configure servers, or how the interpreter runs, and no stack gets them." if removed else "",
        advice="What the app needs of them, give with --env." if removed else "",
    )


def _number(path: str) -> int | None:
    text = _text(path)
    return int(text) if text is not None else None
