"""What a warm-up has seen when it says that all workers have answered one of each path."""

import os
import socket

import pytest

from support.answering import Answering, answering, fixed, response
from support.here import HERE
from wsgibench.bench.warmup import warm_up
from wsgibench.model.address import Tcp
from wsgibench.model.load import Requests
from wsgibench.model.stack import Stack


def warmed_up(server: Answering, *paths: str, timeout_s: float) -> float:
    """The share of workers; this process is the only one, and works in any case."""
    stack = Stack(server="waitress", workers=1, threads=1)
    requests = Requests(paths=paths, timeout_s=0.2)
    kinds = [[path] for path in paths]
    return warm_up(
        HERE, Tcp(port=server.port), requests, kinds, stack=stack, server_pid=os.getpid(), timeout_s=timeout_s
    )


def test_each_path_has_its_time_and_the_one_that_fewest_answered_counts() -> None:
    """One that takes all of its own leaves the next one what that is to have; what keeps silent has not answered."""

    def answer(connection: socket.socket, head: bytes, _number: int) -> bool:
        path = head.split()[1]
        if path != b"/silent":
            connection.sendall(response(status="503 Service Unavailable" if path == b"/unready" else "200 OK"))
        return True

    with answering(answer) as server:
        assert warmed_up(server, "/unready", "/b", "/silent", timeout_s=0.3) == pytest.approx(0.0)
    assert set(server.paths) == {"/unready", "/b", "/silent"}


def test_a_first_answer_has_as_long_as_a_start() -> None:
    """It may take longer than any later one may: it is waited for, and not asked for again."""
    with answering(fixed(response(), delay_s=0.5)) as server:
        assert warmed_up(server, "/", timeout_s=20.0) == pytest.approx(1.0)
    assert server.paths == ["/", "/"]
