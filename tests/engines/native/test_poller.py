"""When the native engine closes its files: the next request goes first, and nothing stays open."""

import socket
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest

from support.answering import answering, fixed, response
from support.sending import Sending, sending
from wsgibench.engines._native.connection import Connection
from wsgibench.engines._native.poller import Poller
from wsgibench.model.address import Tcp

CLOSES = response(extra="Connection: close\r\n")


@pytest.fixture
def poller() -> Iterator[Poller]:
    made = Poller()
    yield made
    made.close()


def is_open(fd: int) -> bool:
    return Path(f"/proc/self/fd/{fd}").exists()


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def two_ready() -> tuple[list[socket.socket], list[socket.socket]]:
    """Two sockets with something to read, and their other ends."""
    pairs = [socket.socketpair() for _ in range(2)]
    for _, other in pairs:
        other.send(b"x")
    return [one for one, _ in pairs], [other for _, other in pairs]


@pytest.mark.parametrize("can_wait", [True, False])
def test_a_file_is_closed_after_all_handlers_where_that_can_wait(poller: Poller, *, can_wait: bool) -> None:
    files, others = two_ready()
    seen: list[bool] = []

    def handle(number: int) -> None:
        fd = files[number].fileno()
        poller.close_file(fd, files[number], can_wait=can_wait)
        seen.append(is_open(fd))

    for number, file in enumerate(files):
        poller.watch(file.fileno(), lambda _mask, number=number: handle(number))
    poller.wait(monotonic() + 5)
    assert seen == [can_wait, can_wait]
    assert [file.fileno() for file in files] == [-1, -1]
    for other in others:
        other.close()


def test_a_file_is_closed_at_once_where_no_handler_runs(poller: Poller) -> None:
    files, others = two_ready()
    poller.watch(files[0].fileno(), lambda _mask: None)
    poller.close_file(files[0].fileno(), files[0], can_wait=True)
    assert files[0].fileno() == -1
    for each in (files[1], *others):
        each.close()


def test_one_that_waits_for_its_end_hears_of_nothing_more(poller: Poller) -> None:
    """Closed by the handler of another in the same batch: its own event is not handed out."""
    files, others = two_ready()
    called: list[int] = []

    def handle(number: int) -> None:
        called.append(number)
        poller.close_file(files[1 - number].fileno(), files[1 - number], can_wait=True)

    for number, file in enumerate(files):
        poller.watch(file.fileno(), lambda _mask, number=number: handle(number))
    poller.wait(monotonic() + 5)
    assert len(called) == 1
    for each in (*files, *others):
        each.close()


def test_connections_that_the_server_ends_leave_no_file_open() -> None:
    with answering(fixed(CLOSES, go_on=False)) as server, sending(Tcp(port=server.port)) as client:
        assert client.ask() == "ok"
        before = open_files()
        assert [client.ask() for _ in range(20)] == ["ok"] * 20
        assert client.events()["connects"] == 21
        assert open_files() < before + 10  # the server's ends are in this process, too


class Watching(Sending):
    """Looks, as it is told of an answer, whether the connection that brought it is still open."""

    is_open: bool | None = None

    def on_response(self, connection: Connection, outcome: str, now: float) -> None:
        self.is_open = is_open(connection._fd)
        super().on_response(connection, outcome, now)


@pytest.mark.parametrize(("others", "stays_open"), [(0, True), (1, False)])
def test_a_single_clients_next_request_goes_before_the_close_of_its_last_connection(
    others: int, *, stays_open: bool
) -> None:
    """With others under way, the server has enough to do, and the connection is closed at once."""
    with answering(fixed(CLOSES, go_on=False)) as server, sending(Tcp(port=server.port)) as client:
        watching = Watching(client.pool)
        client.pool._all = {watching.connection, *(client.pool.new() for _ in range(others))}
        client.pool.endpoint.connections = len(client.pool._all)
        assert watching.ask() == "ok"
        assert watching.is_open is stays_open
        assert not is_open(watching.connection._fd) or others
