"""Connections that break, race, stall, and the kinds there are."""

import socket
import struct
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.answering import answering, fixed, reset_after, response
from support.sending import sending
from wsgibench.contract.started import has_ipv6
from wsgibench.model.address import Tcp, Unix

RESET_AT_CLOSE = struct.pack("ii", 1, 0)
IP_LOCAL_PORT_RANGE = 51
"""Linux 6.3 and later; not in Python's socket module."""


def once_then(how: str):
    """Answers one request on a connection, and ends it when the next one has come, without a word."""
    seen: set[int] = set()

    def answer(connection: socket.socket, _head: bytes, _number: int) -> bool:
        if connection.fileno() in seen and connection in served:
            if how == "reset":
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_AT_CLOSE)
            return False
        seen.add(connection.fileno())
        served.add(connection)
        connection.sendall(response())
        return True

    served: set[socket.socket] = set()
    return answer


@pytest.mark.parametrize("how", ["close", "reset"])
def test_a_keep_alive_race_is_no_failure(how: str) -> None:
    """A used connection ends as a request goes out on it: sent again on a new one, counted as a race, latency whole."""
    with answering(once_then(how)) as server, sending(Tcp(port=server.port)) as client:
        assert [client.ask(), client.ask()] == ["ok", "ok"]
        assert client.events() == {"connects": 2, "keepalive_races": 1}
        assert len(server.heads) == 3


def test_what_may_not_be_repeated_is_not() -> None:
    """POST on a connection that ends so is counted as reset, and as a race."""
    with answering(once_then("close")) as server, sending(Tcp(port=server.port), method="POST") as client:
        assert [client.ask("POST", b"a=1"), client.ask("POST", b"a=1")] == ["ok", "reset"]
        assert client.events()["keepalive_races"] == 1
        assert len(server.heads) == 2


def test_an_end_on_a_fresh_connection_is_a_failure() -> None:
    """A server that ends new connections without an answer resets; nothing is sent twice."""

    def hang_up(_connection: socket.socket, _head: bytes, _number: int) -> bool:
        return False

    with answering(hang_up) as server, sending(Tcp(port=server.port)) as client:
        assert [client.ask(), client.ask()] == ["reset", "reset"]
        assert client.events() == {"connects": 2, "keepalive_races": 0}


def test_an_idle_connection_that_was_ended_is_opened_again() -> None:
    """Ended while idle, and seen in time: the next request opens a new one, and nothing is amiss."""

    def answer_and_leave(connection: socket.socket, _head: bytes, _number: int) -> bool:
        connection.sendall(response())
        return False

    with answering(answer_and_leave) as server, sending(Tcp(port=server.port)) as client:
        assert client.ask() == "ok"
        client.wait(0.2)
        assert not client.connection.is_open
        assert client.ask() == "ok"
        assert client.events() == {"connects": 2, "keepalive_races": 0}


@pytest.mark.alone
@pytest.mark.parametrize("part", [b"", b"HTTP/1.1 200", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab"])
def test_a_stall_times_out(part: bytes) -> None:
    """No answer, half a head or half a body: a time-out, on time, and the connection is not used again."""
    with (
        answering(fixed(part)) as server,
        sending(Tcp(port=server.port), timeout_s=0.2) as client,
    ):
        assert client.ask() == "timeout"
        assert 0.2 <= client.latency_s < 0.3
        assert not client.connection.is_open


@pytest.mark.parametrize("sent", [b"", b"HTTP/1.1 200", b"HTTP/1.1 200 OK\r\n\r\nuntil closed, but"])
def test_a_reset_within_the_response_is_told(sent: bytes) -> None:
    """RST is never taken for the end of a body, even of one that ends with the connection."""
    with answering(reset_after(sent)) as server, sending(Tcp(port=server.port)) as client:
        assert client.ask() == "reset"


def test_nobody_listens() -> None:
    """Refused, over TCP and over a unix socket that is not there."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    for address in (Tcp(port=port), Unix(path="/nonexistent/socket")):
        with sending(address) as client:
            assert client.ask() == "refused"
            assert client.events()["connects"] == 0


def test_no_local_port_left_is_refused() -> None:
    """Connections that may come from a single local port: the second is refused, and nothing crashes."""

    def open_from_one_port() -> socket.socket:
        stream = socket.socket()
        stream.settimeout(0)
        try:
            stream.setsockopt(socket.IPPROTO_IP, IP_LOCAL_PORT_RANGE, struct.pack("I", local_port << 16 | local_port))
            stream.connect(("127.0.0.1", server.port))
        except BlockingIOError:
            pass
        except OSError:
            stream.close()
            raise
        return stream

    with socket.create_server(("127.0.0.1", 0)) as taken:
        local_port = taken.getsockname()[1]
    with answering(fixed(response())) as server, sending(Tcp(port=server.port)) as client:
        client.pool.endpoint.open = open_from_one_port
        assert client.ask() == "ok"
        client.connection = client.pool.new()
        assert client.ask() == "refused"


def test_a_large_request_goes_out_in_parts() -> None:
    """8 MiB of body arrive whole, though the socket takes less at a time."""
    body = bytes(range(256)) * (8 << 12)

    got: list[bytes] = []

    def converse(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            received = bytearray()
            while b"\r\n\r\n" not in received:
                received += connection.recv(65536)
            received = received.partition(b"\r\n\r\n")[2]
            while len(received) < len(body):
                received += connection.recv(1 << 20)
            got.append(bytes(received))
            connection.sendall(response())

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=converse, args=(listener,))
        thread.start()
        with sending(Tcp(port=listener.getsockname()[1]), method="POST") as client:
            assert client.ask("POST", body) == "ok"
        thread.join(5)
    assert got == [body]


def serve(listener: socket.socket, count: int, wrap=lambda connection: connection, pause_s: float = 0.0) -> Iterator:
    """Answer one request on each of so many connections, in a thread."""

    def run() -> None:
        time.sleep(pause_s)
        for _ in range(count):
            connection, _ = listener.accept()
            with wrap(connection) as stream:
                received = b""
                while b"\r\n\r\n" not in received:
                    received += stream.recv(65536)
                stream.sendall(response(b"x" * 200_000, extra="Connection: close\r\n"))

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6 on loopback")
def test_ipv6() -> None:
    """An address with colons."""
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as listener:
        thread = serve(listener, 1)
        with sending(Tcp(host="::1", port=listener.getsockname()[1])) as client:
            assert client.ask(expected=b"x" * 200_000) == "ok"
        thread.join(5)


def unix_listener(path: Path, backlog: int) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen(backlog)
    return listener


def test_unix_socket(tmp_path: Path) -> None:
    """A path."""
    with unix_listener(tmp_path / "s", 5) as listener:
        thread = serve(listener, 1)
        with sending(Unix(path=str(tmp_path / "s"))) as client:
            assert client.ask(expected=b"x" * 200_000) == "ok"
        thread.join(5)


def test_a_full_backlog_of_a_unix_socket_is_waited_for(tmp_path: Path) -> None:
    """The kernel answers EAGAIN; it is asked again until the server accepts, and the latency counts all of it."""
    with unix_listener(tmp_path / "s", 0) as listener, socket.socket(socket.AF_UNIX) as first:
        first.connect(str(tmp_path / "s"))
        first.sendall(b"GET / HTTP/1.1\r\n\r\n")
        thread = serve(listener, 2, pause_s=0.3)
        with sending(Unix(path=str(tmp_path / "s"))) as client:
            assert client.ask() == "ok"
            assert client.latency_s >= 0.25
        thread.join(5)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate of our own making, in one file."""
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    request = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    subprocess.run(
        (*request, "-keyout", str(path), "-out", str(path.with_suffix(".crt"))),
        check=True,
        capture_output=True,
    )
    path.write_bytes(path.read_bytes() + path.with_suffix(".crt").read_bytes())
    return path


@pytest.mark.parametrize("kind", ["tcp", "unix"])
def test_tls(kind: str, certificate: Path, tmp_path: Path) -> None:
    """A certificate that nobody vouches for, and a body of many TLS records, over TCP and over a unix socket."""
    import ssl  # noqa: PLC0415

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    listener = socket.create_server(("127.0.0.1", 0)) if kind == "tcp" else unix_listener(tmp_path / "s", 5)
    with listener:
        thread = serve(listener, 2, wrap=lambda connection: context.wrap_socket(connection, server_side=True))
        address = Tcp(port=listener.getsockname()[1]) if kind == "tcp" else Unix(path=str(tmp_path / "s"))
        with sending(address, tls=True) as client:
            assert [client.ask(expected=b"x" * 200_000) for _ in range(2)] == ["ok", "ok"]
            assert client.events()["connects"] == 2
        thread.join(5)


def test_tls_to_a_server_without_it_fails() -> None:
    """One that waits for more makes it time out, one that hangs up refuses."""

    def serve_short(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(100)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = Tcp(port=listener.getsockname()[1])
        with sending(address, tls=True, timeout_s=0.2) as client:
            assert client.ask() == "timeout"
        listener.accept()[0].close()
        thread = threading.Thread(target=serve_short, args=(listener,))
        thread.start()
        with sending(address, tls=True) as client:
            assert client.ask() in {"refused", "reset"}
        thread.join(5)
