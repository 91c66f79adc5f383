"""Every worker has answered before anything is measured: imports, templates, connections to the store are paid for."""

import contextlib
import http.client
import itertools
import math
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass

from wsgibench.deploy.workers import slots, worker_pids, workers_asked
from wsgibench.hosts import Host
from wsgibench.model.address import Tcp
from wsgibench.model.load import Requests
from wsgibench.model.stack import Stack
from wsgibench.processes.readiness import NOT_READY
from wsgibench.processes.request import send

_DEADLINE_S = 3.0
_DEADLINE_ANSWERS = 5
"""Answers that fit into the time at least, where one of them takes long."""
_AT_ONCE_MOST = 128
_WORK_S = 0.0005
"""More CPU than an idle worker uses in a second (0.1 ms), less than a few requests take."""
_LOOK_S = 0.02
_POLL_S = 0.1
_SLOW_S = 0.1
_ALONE_LEAST, _ALONE_MOST, _ALONE_S = 3, 12, 1.0
"""Answers of each template, and about how long for all templates."""


def warm_up(
    host: Host,
    address: Tcp,
    requests: Requests,
    kinds: Sequence[Sequence[str]],
    *,
    stack: Stack,
    server_pid: int,
) -> float:
    """The share of the server's workers that have answered, after as many requests at once as that takes.

    A router counts, too. 1.0 is reached when all have, else it ends after three seconds, or the time of five answers.
    The requests are the load's. ``kinds`` are paths of one template each, and every worker gets one of each: what an
    app loads for its first page of a kind, it loads in each of its processes.
    """
    watched = _watched(host, stack, server_pid)
    began_s = time.monotonic()
    end = began_s + _DEADLINE_S
    # Twice what it can work on at a time: while each worker has one, none can take another's.
    count = 2 * slots(stack)
    with ThreadPoolExecutor(max_workers=min(count, _AT_ONCE_MOST)) as pool:
        for way in map(itertools.cycle, kinds):
            watched.begin()
            rounds = 0
            while time.monotonic() < end:
                asked = [pool.submit(_send, address, next(way), requests, end) for _ in range(count)]
                while wait(asked, timeout=_LOOK_S).not_done:
                    watched.look()
                answers = [answer for future in asked if (answer := future.result())]
                rounds += 1
                fastest_s = min((answer.took_s for answer in answers), default=0.0)
                end = max(end, began_s + _DEADLINE_ANSWERS * fastest_s)
                is_ready = all(answer.status != NOT_READY or requests.is_right(NOT_READY) for answer in answers)
                # One round is enough where it takes long; else a second one is to be had for nothing.
                if watched.share() == 1.0 and is_ready and (rounds > 1 or fastest_s > _SLOW_S):
                    break
    return watched.share_of_ever


def answer_alone_s(address: Tcp, requests: Requests, kinds: Sequence[Sequence[str]]) -> float | None:
    """How long an answer takes, one request at a time: of the slowest template; None where one has no answer.

    The median of a few: what a worker loads for its first answer is not in it, nor most of what the machine does.
    """
    found: list[float] = []
    for way in map(itertools.cycle, kinds):
        end = time.monotonic() + _ALONE_S / len(kinds)
        took_s: list[float] = []
        while len(took_s) < _ALONE_LEAST or (len(took_s) < _ALONE_MOST and time.monotonic() < end):
            answer = _send(address, next(way), requests, math.inf)
            if answer is None:
                return None
            took_s.append(answer.took_s)
        found.append(sorted(took_s)[(len(took_s) - 1) // 2])
    return max(found, default=None)


@dataclass(frozen=True)
class _Answered:
    """How long an answer took, and its status."""

    took_s: float
    status: int


class _Watched:
    """Processes of which is noticed when they have worked.

    By their CPU, or by a connection that they hold: a worker that waits for something, 1.2 s an answer, uses next to no
    CPU, but its connection is seen; one that computes for 0.2 ms is hardly caught with a connection.
    """

    def __init__(self, host: Host, pids: Sequence[int]) -> None:
        self._host = host
        self._cpu = host.cpu_clocks({str(pid): (pid,) for pid in pids})
        self._fewest = {pid: host.sockets_of(pid) for pid in pids}
        self._ever: set[int] = set()
        self.begin()

    def begin(self) -> None:
        """From now on is seen who works."""
        self._cpu_before = self._cpu()
        self._served: set[int] = set()

    def look(self) -> None:
        """See who holds a connection now that it did not hold before."""
        for pid in self._fewest.keys() - self._served:
            sockets = self._host.sockets_of(pid)
            if sockets > self._fewest[pid]:
                self._served.add(pid)
            # The last requests of verification may still have been closing.
            self._fewest[pid] = min(sockets, self._fewest[pid])

    def share(self) -> float:
        """Of those that have worked since it began."""
        now = self._cpu()
        worked = {int(pid) for pid, seconds in now.items() if seconds - self._cpu_before[pid] > _WORK_S}
        worked |= self._served
        self._ever |= worked
        return len(worked) / len(self._fewest) if self._fewest else 0.0

    @property
    def share_of_ever(self) -> float:
        """Of those that had worked at some ``share``."""
        return len(self._ever) / len(self._fewest) if self._fewest else 0.0


def _watched(host: Host, stack: Stack, server_pid: int) -> _Watched:
    """The workers, once all are there; those that are after three seconds."""
    end = time.monotonic() + _DEADLINE_S
    while len(pids := worker_pids(host, stack, server_pid)) < workers_asked(stack) and time.monotonic() < end:
        time.sleep(_POLL_S)
    return _Watched(host, pids)


def _send(address: Tcp, path: str, requests: Requests, end: float) -> _Answered | None:
    """None where there was no answer, which is for the gates to count. After ``end`` nothing is asked any more."""
    began_s = time.monotonic()
    if began_s > end:
        return None
    with contextlib.suppress(OSError, http.client.HTTPException):
        answer = send(address, path, timeout_s=requests.timeout_s, like=requests)
        return _Answered(time.monotonic() - began_s, answer.status)
    return None
