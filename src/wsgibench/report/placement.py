"""Cores, workers and threads that the stacks really had, in words."""

import ipaddress
from collections.abc import Mapping

from wsgibench.model.cores import Cores
from wsgibench.model.verdict import Circumstances
from wsgibench.report.wording import listed
from wsgibench.units import counted

_ALL = {1: "its only core", 2: "both of its 2 cores"}


def cores_in_words(found: Circumstances) -> str:
    """``on both of its 2 cores``, ``on 1 of its 2 cores (the load engine had the other)``: the machine's."""
    return counted(found.cores, "core") if found.placed is None else placement_in_words(found.placed)


def placement_in_words(cores: Cores) -> str:
    """``on both of its 2 cores``, and where the load engine was."""
    total = max(cores.available, len({*cores.stack, *cores.engine}))
    all_of_it = _ALL.get(total, f"all of its {total} cores")
    where = all_of_it if len(cores.stack) == total else f"{len(cores.stack)} of its {total} cores"
    engine = _of_the_engine(cores, total)
    return f"on {where} ({engine})" if engine else f"on {where}"


def workers_in_words(found: Circumstances) -> str:
    """``2 workers``, ``4 workers of 4 threads``; of stacks that are not alike, all numbers that there are.

    Servers without workers are named where there are no others: what they are given instead, each says of itself.
    """
    if not found.workers and found.one_process:
        return listed([processes_in_words(1, threads, has_workers=False) for threads in found.one_process])
    workers = listed(found.workers) if found.workers else "no"
    text = f"{workers} {'worker' if found.workers == (1,) else 'workers'}"
    return text if found.threads in ((), (1,)) else f"{text} of {listed(found.threads)} threads"


def processes_in_words(processes: int, threads: int | None, *, has_workers: bool) -> str:
    """What runs of a server: ``2 workers``, ``1 process of 4 threads``, ``1 process, a thread for each connection``."""
    text = counted(processes, "worker" if has_workers else "process")
    if threads is None:
        return f"{text}, a thread for each connection"
    return text if threads == 1 and has_workers else f"{text} of {counted(threads, 'thread')}"


def versions_in_words(found: Circumstances) -> str:
    """``These versions: CPython 3.13.1, gunicorn 23.0.0 and nginx 1.26.0.``; empty where none is known."""
    versions = [*([found.python] if found.python else []), *(f"{name} {each}" for name, each in found.versions.items())]
    return f"These versions: {listed(versions)}." if versions else ""


def network_in_words(found: Circumstances) -> str:
    """How requests came to the stacks, where the load was made on their machine; else empty."""
    if found.remote_workers:
        return ""
    way = "loopback" if _is_loopback(found.host) else f"its address {found.host}"
    return f"Load and stacks ran on one machine, over {way}: no network, no TLS, no slow clients."


def _is_loopback(host: str) -> bool:
    """Whether a client on the same machine comes by loopback: so it does where all addresses are listened on."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost"
    return address.is_loopback or address.is_unspecified


def at_once_in_words(at_once: Mapping[str, int | None]) -> str:
    """``gunicorn: 4 requests at a time; waitress: 16.``; empty where all stacks run as many."""
    by_count: dict[int | None, list[str]] = {}
    for label, count in at_once.items():
        by_count.setdefault(count, []).append(label)
    if len(by_count) < 2:
        return ""
    first, *others = by_count.items()
    parts = [f"{listed(first[1])}: {_at_once(first[0], 'requests at a time')}"]
    parts += [f"{listed(labels)}: {_at_once(count)}" for count, labels in others]
    return f"{'; '.join(parts)}."


def _at_once(count: int | None, unit: str = "") -> str:
    return "as many as come" if count is None else f"{count:,} {unit}".strip()


def engine_in_words(found: Circumstances) -> str:
    """Where the load came from, and what that took from the stacks; a sentence, empty where there is nothing to say."""
    if found.remote_workers:
        return f"The load came from {counted(found.remote_workers, 'worker')} on other machines."
    if found.placed is None:
        return ""
    if not found.placed.shared:
        return found.placed.why
    share = "" if found.engine_share is None else f", and took at most {found.engine_share:.1%} of them"
    return f"The load engine ran on the same cores as the stacks{share}."


def _of_the_engine(cores: Cores, total: int) -> str:
    """What must be said of it: nothing, where it has the stack's cores and these are all."""
    if cores.shared:
        if len(cores.engine) == len(cores.shared) < len(cores.stack):
            return f"the load engine had {len(cores.engine)} of them, too"
        return "" if len(cores.stack) == total else "the load engine had them, too"
    if len(cores.engine) == total - len(cores.stack):
        return f"the load engine had the other{'' if len(cores.engine) == 1 else f' {len(cores.engine)}'}"
    return f"the load engine had {'another' if len(cores.engine) == 1 else f'{len(cores.engine)} others'}"
