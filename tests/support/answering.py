"""HTTP servers of known behaviour, one a class of answer, each in a thread of the test's process."""

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

Answer = Callable[[socket.socket, bytes, int], bool]
"""Takes the connection, the head of the request and its number, counted from 1; says whether to go on reading."""


@dataclass
class Answering:
    """A server on loopback that was started; ``heads`` are the requests that it got, in order."""

    port: int
    heads: list[bytes] = field(default_factory=list)
    connections: int = 0

    @property
    def paths(self) -> list[str]:
        return [head.split(b" ", 2)[1].decode() for head in self.heads]


def response(body: bytes = b"ok", status: str = "200 OK", extra: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{extra}\r\n".encode() + body


def fixed(data: bytes, *, delay_s: float = 0.0, go_on: bool = True) -> Answer:
    """The same bytes to all, after a delay that does not grow with the time it takes to send."""

    def answer(connection: socket.socket, _head: bytes, _number: int) -> bool:
        time.sleep(delay_s)
        connection.sendall(data)
        return go_on

    return answer


def every(nth: int, special: Answer, usual: Answer) -> Answer:
    """Every nth request gets a special answer."""

    def answer(connection: socket.socket, head: bytes, number: int) -> bool:
        return (usual if number % nth else special)(connection, head, number)

    return answer


def reset_after(data: bytes) -> Answer:
    """So much of an answer, then RST in place of the rest."""

    def answer(connection: socket.socket, _head: bytes, _number: int) -> bool:
        connection.sendall(data)
        time.sleep(0.02)  # else the RST overtakes what was sent: the client's kernel drops what it has not yet read
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return False

    return answer


@contextmanager
def answering(answer: Answer, host: str = "127.0.0.1") -> Iterator[Answering]:
    """A server that answers so, one thread a connection, until the block is left."""
    with socket.create_server((host, 0), backlog=1024) as listener:
        server = Answering(listener.getsockname()[1])
        lock, open_now = threading.Lock(), set[socket.socket]()
        threads: list[threading.Thread] = []

        def converse(connection: socket.socket) -> None:
            with connection, suppress(OSError):
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                received = b""
                while data := connection.recv(65536):
                    received += data
                    while b"\r\n\r\n" in received:
                        head, _, received = received.partition(b"\r\n\r\n")
                        with lock:
                            server.heads.append(head)
                            number = len(server.heads)
                        if not answer(connection, head, number):
                            return
            with lock:
                open_now.discard(connection)

        def accept() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    with lock:
                        server.connections += 1
                        open_now.add(connection)
                    threads.append(threading.Thread(target=converse, args=(connection,), daemon=True))
                    threads[-1].start()

        acceptor = threading.Thread(target=accept, daemon=True)
        acceptor.start()
        try:
            yield server
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            acceptor.join(5)
            with lock:
                for connection in open_now:
                    with suppress(OSError):
                        connection.shutdown(socket.SHUT_RDWR)
            for thread in threads:
                thread.join(5)
