"""Which children of a server take requests, by their sockets."""

import os
import socket
import uuid

import pytest

from wsgibench.processes.workers import listening_children

NAMES = {"no UTF-8": b"\xff\xfe", "a line of its own": b"\nof two lines", "another line separator": "\x85".encode()}


@pytest.mark.parametrize("name", NAMES)
def test_a_worker_is_found_whatever_others_call_their_sockets(name: str) -> None:
    """The kernel lists the unix sockets of all users by name, and writes each name as it is."""
    stranger = socket.socket(socket.AF_UNIX)
    listener = socket.create_server(("127.0.0.1", 0))
    with stranger, listener:
        stranger.bind(b"\0" + uuid.uuid4().hex.encode() + NAMES[name])
        stranger.listen()
        of_other_tests = set(listening_children(os.getpid()))  # as a store that serves all of them
        until, end = os.pipe()
        worker = os.fork()
        if not worker:
            os.close(end)
            os.read(until, 1)
            os._exit(0)
        try:
            assert [pid for pid in listening_children(os.getpid()) if pid not in of_other_tests] == [worker]
        finally:
            os.close(until)
            os.close(end)
            os.waitpid(worker, 0)
