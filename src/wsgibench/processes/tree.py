"""Process trees: who is below whom, and the end of all of them."""

import contextlib
import os
import time
from collections.abc import Callable, Iterable

import psutil

_GRACE_S = 1.0
_MOST_S = 10.0
_POLL_S = 0.005


def orphans_of(leader: int) -> list[int]:
    """Our own children that belong to the session of another process: we adopted them when it died."""
    found = []
    for child in psutil.Process().children():
        with contextlib.suppress(ProcessLookupError):
            if child.pid != leader and os.getsid(child.pid) == leader:
                found.append(child.pid)
    return found


def processes_of(roots: Iterable[int]) -> dict[int, float]:
    """The roots and all their descendants: creation times by process id, since ids are used again."""
    found: dict[int, float] = {}
    for pid in roots:
        if pid in found:  # with all below it; to look for those takes a look at every process of the machine
            continue
        with contextlib.suppress(psutil.NoSuchProcess):
            root = psutil.Process(pid)
            for process in (root, *root.children(recursive=True)):
                with contextlib.suppress(psutil.NoSuchProcess):
                    found[process.pid] = process.create_time()
    return found


def left_of(family: dict[int, float]) -> list[psutil.Process]:
    """Those of the family that still run; zombies have ended."""
    left = []
    for pid, created in family.items():
        with contextlib.suppress(psutil.NoSuchProcess):
            process = psutil.Process(pid)
            if process.create_time() == created and process.status() != psutil.STATUS_ZOMBIE:
                left.append(process)
    return left


def end_processes(family: dict[int, float]) -> bool:
    """Kill what is left of the family, and what it has started since; returns when all are gone, and whether they are.

    Left alone is another user's, which we may not kill, and after a time what cannot die: it waits for a broken disk.
    """
    end, denied = time.monotonic() + _MOST_S, set[int]()
    while left := [process for process in left_of(family) if process.pid not in denied]:
        if time.monotonic() > end:
            break
        family |= processes_of(process.pid for process in left)
        for process in left:
            try:
                process.kill()
            except psutil.AccessDenied:
                denied.add(process.pid)
            except psutil.NoSuchProcess:
                continue
        # Whose parent is another has ended as a zombie, long before that one looks: supervisord does so once a second.
        deadline = time.monotonic() + _GRACE_S
        while any(process.pid not in denied for process in left_of(family)) and time.monotonic() < deadline:
            time.sleep(_POLL_S)
        # Our own are not to stay zombies.
        psutil.wait_procs(left, timeout=0)
    return not left and not denied


def end_all(found: Callable[[], Iterable[int]]) -> None:
    """Kill what is found, and look again, until nothing is, or what is cannot be killed."""
    while (left := processes_of(found())) and end_processes(left):
        pass
