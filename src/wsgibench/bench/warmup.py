"""Every worker has answered before anything is measured: imports, templates, connections to the store are paid for."""

import contextlib
import http.client
import itertools
import math
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
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
_MOST = 0.9
"""Of the requests of a round: of many a few may fail, whichever worker has them."""
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
    timeout_s: float,
) -> float:
    """The share of the server's workers that have answered, after as many requests at once as that takes.

    A router counts, too. The requests are the load's. ``kinds`` are paths of one template each, and every worker gets
    one of each: what an app loads for its first page of a kind, it loads in each of its processes. Of the kinds the
    least share counts. ``timeout_s`` is how long an answer may take: a first one may take longer than any later one.
    """
    watched = _watched(host, stack, server_pid)
    # Twice what it can work on at a time: while each worker has one, none can take another's.
    count = 2 * slots(stack)
    shares = [1.0]
    with ThreadPoolExecutor(max_workers=min(count, _AT_ONCE_MOST)) as pool:
        for way in map(itertools.cycle, kinds):

            def ask(end: float, way: Iterator[str] = way) -> list[Future[_Sent | None]]:
                paths = itertools.islice(way, count)
                return [pool.submit(_send, address, path, requests, end=end, timeout_s=timeout_s) for path in paths]

            share = _warm_up_kind(watched, ask, requests)
            shares.append(share or 0.0)
            if share is None:
                # It answered one of each kind before: to wait for its silence once is enough.
                break
    return min(shares)


def _warm_up_kind(
    watched: "_Watched", ask: Callable[[float], list[Future["_Sent | None"]]], requests: Requests
) -> float | None:
    """The share of the workers that have answered one of this kind; None where not a single answer came.

    1.0 is reached when all have, else it ends after three seconds, or the time of five answers.
    """
    watched.begin()
    began_s = time.monotonic()
    end, rounds, has_answered = began_s + _DEADLINE_S, 0, False
    while time.monotonic() < end:
        asked = ask(end)
        while wait(asked, timeout=_LOOK_S).not_done:
            watched.look()
        sent = [each for future in asked if (each := future.result())]
        answers = [each for each in sent if each.status is not None]
        watched.count(answered=len(answers) >= _MOST * len(sent))
        rounds, has_answered = rounds + 1, has_answered or bool(answers)
        fastest_s = min((answer.took_s for answer in answers), default=0.0)
        end = max(end, began_s + _DEADLINE_ANSWERS * fastest_s)
        is_ready = all(answer.status != NOT_READY or requests.is_right(NOT_READY) for answer in answers)
        # One round is enough where it takes long; else a second one is to be had for nothing.
        if watched.share == 1.0 and is_ready and (rounds > 1 or fastest_s > _SLOW_S):
            break
    return watched.share if has_answered else None


def answer_alone_s(address: Tcp, requests: Requests, kinds: Sequence[Sequence[str]]) -> float | None:
    """How long an answer takes, one request at a time: of the slowest template; None where one has no answer.

    The median of a few: what a worker loads for its first answer is not in it, nor most of what the machine does.
    """
    found: list[float] = []
    for way in map(itertools.cycle, kinds):
        end = time.monotonic() + _ALONE_S / len(kinds)
        took_s: list[float] = []
        while len(took_s) < _ALONE_LEAST or (len(took_s) < _ALONE_MOST and time.monotonic() < end):
            answer = _send(address, next(way), requests, end=math.inf, timeout_s=requests.timeout_s)
            if answer is None or answer.status is None:
                return None
            took_s.append(answer.took_s)
        found.append(sorted(took_s)[(len(took_s) - 1) // 2])
    return max(found, default=None)


@dataclass(frozen=True)
class _Sent:
    """A request: how long it took, and its answer's status; None where there was none, which is for gates to count."""

    took_s: float
    status: int | None


class _Watched:
    """Processes of which is noticed when they have answered.

    That they work is told by their CPU, or by a connection that they hold: a worker that waits for something, 1.2 s an
    answer, uses next to no CPU, but its connection is seen; one that computes for 0.2 ms is hardly caught with one.
    That they have answered is told by nearly all that was sent meanwhile being answered.
    """

    def __init__(self, host: Host, pids: Sequence[int]) -> None:
        self._host = host
        self._cpu = host.cpu_clocks({str(pid): (pid,) for pid in pids})
        self._fewest = {pid: host.sockets_of(pid) for pid in pids}
        self.begin()

    def begin(self) -> None:
        """From now on is seen who works, and nobody has answered yet."""
        self._cpu_before = self._cpu()
        self._holding: set[int] = set()
        self._answered: set[int] = set()

    def look(self) -> None:
        """See who holds a connection now that it did not hold before."""
        for pid in self._fewest.keys() - self._holding:
            sockets = self._host.sockets_of(pid)
            if sockets > self._fewest[pid]:
                self._holding.add(pid)
            # The last requests of verification may still have been closing.
            self._fewest[pid] = min(sockets, self._fewest[pid])

    def count(self, *, answered: bool) -> None:
        """Whoever has worked since it began has answered; unless too little was ``answered``: then nobody knows who."""
        now = self._cpu()
        if not answered:
            self._cpu_before, self._holding = now, set()
            return
        worked = {int(pid) for pid, seconds in now.items() if seconds - self._cpu_before[pid] > _WORK_S}
        self._answered |= worked | self._holding

    @property
    def share(self) -> float:
        """Of those that have answered since it began."""
        return len(self._answered) / len(self._fewest) if self._fewest else 0.0


def _watched(host: Host, stack: Stack, server_pid: int) -> _Watched:
    """The workers, once all are there; those that are after three seconds."""
    end = time.monotonic() + _DEADLINE_S
    while len(pids := worker_pids(host, stack, server_pid)) < workers_asked(stack) and time.monotonic() < end:
        time.sleep(_POLL_S)
    return _Watched(host, pids)


def _send(address: Tcp, path: str, requests: Requests, *, end: float, timeout_s: float) -> _Sent | None:
    """None where it was not sent any more, as it was to be before ``end``."""
    began_s = time.monotonic()
    if began_s > end:
        return None
    status = None
    with contextlib.suppress(OSError, http.client.HTTPException):
        status = send(address, path, timeout_s=timeout_s, like=requests).status
    return _Sent(time.monotonic() - began_s, status)
