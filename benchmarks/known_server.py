"""A server whose delays are known: started by engine_truth.py and engine_arrivals.py, on a core of its own.

Answers each request after a delay drawn from a lognormal distribution (``--median``, ``--sigma``; 0 answers at once),
and stands still for the first ``--stall`` seconds of every ten. Prints its port. When stdin closes it writes what it
did to the file given: ``got``, when requests were read, and ``delay``, after how long they were answered, in seconds.
"""

import argparse
import contextlib
import heapq
import itertools
import os
import socket
import sys
import time
from pathlib import Path

import numpy as np

from wsgibench.engines._native.poller import Poller

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok"
PERIOD_S = 10.0


class KnownServer:
    """Holds each request back for exactly as long as was drawn for it."""

    def __init__(self, median_s: float, sigma: float, stall_s: float) -> None:
        self.poller = Poller()
        self.got: list[float] = []
        self.delays: list[float] = []
        self._stall_s = stall_s
        self._rng = np.random.default_rng(7)
        self._median_s, self._sigma = median_s, sigma
        self._draws: list[float] = []
        self._held: list[tuple[float, int, float, socket.socket]] = []
        self._order = itertools.count()
        self._is_over = False
        self._began = time.monotonic()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=4096)
        self.poller.watch(self.listener.fileno(), self._accept)
        self.poller.watch(sys.stdin.fileno(), self._stop)

    def run(self) -> None:
        """Serve until stdin closes."""
        while not self._is_over:
            now = time.monotonic()
            still = (now - self._began) % PERIOD_S
            if still < self._stall_s:
                time.sleep(self._stall_s - still)
                continue
            while self._held and self._held[0][0] <= now:
                self._answer()
                now = time.monotonic()
            next_stall = now - still + PERIOD_S if self._stall_s else float("inf")
            self.poller.wait(min(self._held[0][0] if self._held else float("inf"), next_stall))

    def _accept(self, _mask: int) -> None:
        connection, _ = self.listener.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.poller.watch(connection.fileno(), lambda _mask: self._read(connection))

    def _read(self, connection: socket.socket) -> None:
        try:
            data = connection.recv(65536)
        except ConnectionResetError:  # wrk ends so
            data = b""
        now = time.monotonic()
        if not data:
            self.poller.forget(connection.fileno())
            connection.close()
            return
        self.got.append(now)
        heapq.heappush(self._held, (now + self._draw(), next(self._order), now, connection))

    def _answer(self) -> None:
        _, _, got, connection = heapq.heappop(self._held)
        if connection.fileno() >= 0:
            # Not what was drawn but what was done: on a busy machine this server is late, too.
            self.delays.append(time.monotonic() - got)
            with contextlib.suppress(ConnectionError):
                connection.send(ANSWER)

    def _draw(self) -> float:
        if not self._median_s:
            return 0.0
        if not self._draws:
            self._draws = (self._median_s * np.exp(self._sigma * self._rng.standard_normal(1024))).tolist()
        return self._draws.pop()

    def _stop(self, _mask: int) -> None:
        self._is_over = True


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, help="where to write what it did")
    parser.add_argument("--median", type=float, default=0.0, help="seconds")
    parser.add_argument("--sigma", type=float, default=0.5, help="of the logarithm")
    parser.add_argument("--stall", type=float, default=0.0, help="seconds of every ten")
    parser.add_argument("--core", type=int, required=True)
    arguments = parser.parse_args()
    os.sched_setaffinity(0, {arguments.core})
    server = KnownServer(arguments.median, arguments.sigma, arguments.stall)
    print(server.listener.getsockname()[1], flush=True)
    server.run()
    np.savez(arguments.file, got=server.got, delay=server.delays)


if __name__ == "__main__":
    main()
