"""Every worker has answered before anything is measured: imports, templates, connections to the store are paid for."""

import contextlib
import http.client
import time
from concurrent.futures import ThreadPoolExecutor

from wsgibench.model.address import Tcp
from wsgibench.monitors import TreeCpu
from wsgibench.processes.request import ask
from wsgibench.processes.tree import processes_of

_DEADLINE_S = 3.0
_WORK_S = 0.0005
"""More CPU than an idle worker uses between two looks, less than a worker's first request takes."""
_REQUESTS = 4


def warm_up(address: Tcp, path: str, *, server_pid: int, workers: int) -> float:
    """The share of the server's processes that have worked, after as many requests at once as that takes.

    Whoever else works there (a master, a router) counts too; 1.0 is reached when all have, else after three seconds.
    """
    pids = [pid for pid in processes_of([server_pid]) if pid != server_pid] or [server_pid]
    cpu = TreeCpu({str(pid): [pid] for pid in pids})
    before = cpu.seconds()
    end = time.monotonic() + _DEADLINE_S
    share = 0.0
    with ThreadPoolExecutor(max_workers=min(2 * workers, 128)) as pool:
        while time.monotonic() < end:
            list(pool.map(_ask, [(address, path)] * (_REQUESTS * workers)))
            now = cpu.seconds()
            share = sum(now[pid] - before[pid] > _WORK_S for pid in now) / len(now)
            if share == 1.0:
                break
    return share


def _ask(request: tuple[Tcp, str]) -> None:
    with contextlib.suppress(OSError, http.client.HTTPException):  # failures are for the gates to count
        ask(*request, timeout_s=_DEADLINE_S)
