"""Hostile requests to the quote server on five stacks: what comes back, and who lives on.

Bytes as attackers, broken clients and scanners send them, each on a connection of its own: requests that are cut off,
lengths that contradict one another, absurd methods, targets, headers and versions, other protocols, and sound requests
with absurd parameters. Goal: of 100,000 none is answered 500, 502, 503 or 504 (what a server itself cannot do it may
say: 501, 505), no process of a stack ends, and sound requests between them are answered as ever. Prints a table, writes
results/hostile_requests.json, and exits with 1 where a goal is missed.
"""

import argparse
import json
import random
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

STACKS = ("gunicorn", "waitress", "granian", "uwsgi-http", "nginx+uwsgi")
LOSES_WORKERS = ("uwsgi-http",)
"""A worker of uWSGI 2.0.30 behind its own router now and then ends by a segmentation fault (in ``uwsgi_request_wsgi``),
about once in some thousand of these requests; its master starts another. That is shown, and held against nobody else.
"""
BAD = frozenset({"500", "502", "503", "504"})
SOUND = b"GET /quotes/byId?id=5 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
AT_ONCE = 16
PATIENCE_S = 0.15
"""For an answer to what may be no request at all."""
SOUND_PATIENCE_S = 30.0
_AFTER = ("closed", "closed", "closed", "wait", "leave")
EVERY = 250
"""So many hostile requests lie between two sound ones."""

METHODS = (
    b"GET", b"POST", b"HEAD", b"OPTIONS", b"PUT", b"TRACE", b"CONNECT", b"PRI", b"get", b"G\0T", b"", b"X" * 9000,
    b"GET\t", b"\xff\xfe", b"DELETE",
)  # fmt: skip
PATHS = (
    b"/", b"/quotes/byId", b"/quotes/random", b"/quotes/sayHello", b"/css/quotes.css", b"/images/../../etc/passwd",
    b"/images/%2e%2e/%2e%2e/etc/passwd", b"//", b"*", b"http://other/", b"/%00", b"/%", b"/%zz", b"/\xff", b"/a b",
    b"/" + b"a" * 20_000, b"", b"/.;/", b"/css/%0d%0aX: y", b"/images/unknown.svg", b"/favicon.ico",
    b"/quotes/byId/../../..", b"\\..\\", b"/?" * 3000,
)  # fmt: skip
QUERIES = (
    b"", b"?id=1", b"?id=-1", b"?id=99999999999999999999999", b"?id=1&id=2", b"?id=%00", b"?id=1e9",
    b"?id=" + b"9" * 9000, b"?id=\xff\xfe", b"?id='%20or%201=1--", b"?id=../../etc/passwd", b"?" + b"&" * 5000,
    b"?id[]=1", b"?id=%d9%a3", b"?id=<script>", b"?id=1;id=2", b"?%", b"?id=+1", b"?id=0x10", b"?id=NaN",
)  # fmt: skip
VERSIONS = (
    b"HTTP/1.1", b"HTTP/1.1", b"HTTP/1.1", b"HTTP/1.0", b"HTTP/0.9", b"HTTP/2.0", b"HTTP/9.9", b"HTTP/1.1.1", b"",
    b"ICY/1.0", b"HTTP/1.", b"http/1.1",
)  # fmt: skip
HEADERS = (
    b"Host: localhost", b"Host: localhost", b"Host: localhost", b"Host:", b"Host: a\r\nHost: b", b"Host: [::1",
    b"Host: \xff", b"Content-Length: 5", b"Content-Length: -1", b"Content-Length: 99999999999999999999",
    b"Content-Length: 1, 1", b"Content-Length: +5", b"Content-Length: 5\r\nContent-Length: 6", b"Content-Length: 0x5",
    b"Content-Length:", b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked\r\nContent-Length: 5",
    b"Transfer-Encoding: xchunked", b"Transfer-Encoding: chunked, identity", b"Transfer-Encoding : chunked",
    b"Transfer-Encoding:\x0bchunked", b"Connection: close", b"Connection: keep-alive, Host",
    b"Connection: upgrade\r\nUpgrade: websocket",
    b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__",
    b"Expect: 100-continue", b"Expect: 200-ok", b"Range: bytes=0-0,1-1,2-2", b"Range: bytes=-99999999999",
    b"Range: bytes=9-1", b"If-None-Match: *", b"If-Modified-Since: yesterday", b'If-Range: "x', b"Accept: */*;q=nan",
    b"Accept-Encoding: gzip;q=1e999", b"Cookie: " + b"a=b; " * 1500, b"Cookie: \0",
    b"X-Forwarded-For: " + b"1, " * 2000, b"X-Forwarded-Proto: \r\n https", b"X-Forwarded-Prefix: //evil",
    b"X-Forwarded-Host: a b", b"Proxy: http://evil/", b"UWSGI_FILE: /etc/passwd", b"Authorization: Basic \xff",
    b"Content-Type: multipart/form-data; boundary=",
    b"Content-Type: application/x-www-form-urlencoded; charset=nonsense", b"Name without colon", b": no name",
    b" folded", b"X-Y_Z: 1", b"X: " + b"y" * 40_000, b"\xe9: 1", b"X\0Y: 1", b"\r\nHost: smuggled",
)  # fmt: skip
BODIES = (
    b"", b"", b"", b"hello", b"5\r\nhello\r\n0\r\n\r\n", b"-1\r\n", b"ffffffffffffffff\r\nx",
    b"0\r\n\r\nGET / HTTP/1.1\r\n\r\n", b"5;a=" + b"b" * 9000 + b"\r\nhello\r\n0\r\n\r\n", b"G\r\n",
    b"--\r\nContent-Disposition: form-data\r\n\r\n", b"\0" * 5000,
)  # fmt: skip
OTHERS = (
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\4\0\0\0\0\0",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 300, b"\0\x10\0\0\x0e\0REQUEST_METHOD", b"\x05\x01\x00",
    b"SSH-2.0-x\r\n", b"EHLO x\r\n", b"*1\r\n$4\r\nPING\r\n", b"\r\n" * 2000, b"\0" * 70_000, b"\n\n\n",
    b"GET / HTTP/1.1\nHost: localhost\n\n", b"GET /\r\n", SOUND * 20, SOUND.replace(b"close", b"keep-alive") * 50,
)  # fmt: skip


def hostile(draw: random.Random) -> bytes:
    """What is sent on one connection."""
    if draw.random() < 0.08:
        return draw.choice(OTHERS)
    if draw.random() < 0.04:
        return draw.randbytes(draw.choice([1, 20, 500, 9000]))
    line = b" ".join(
        (draw.choice(METHODS[:7] if draw.random() < 0.8 else METHODS), _target(draw), draw.choice(VERSIONS))
    )
    headers = [draw.choice(HEADERS) for _ in range(draw.choice([0, 1, 2, 3, 5, 8]))]
    if draw.random() < 0.7:
        headers.insert(0, b"Host: localhost")
    if draw.random() < 0.02:
        headers += [b"X-%d: y" % number for number in range(3000)]
    packet = b"\r\n".join([line, *headers, b"", draw.choice(BODIES)])
    match draw.randrange(12):
        case 0:
            return packet[: draw.randrange(len(packet) + 1)]
        case 1:
            at = draw.randrange(len(packet) + 1)
            return packet[:at] + draw.randbytes(draw.choice([1, 1, 3])) + packet[at + 1 :]
        case _:
            return packet


def _target(draw: random.Random) -> bytes:
    return draw.choice(PATHS) + draw.choice(QUERIES) + (draw.randbytes(3) if draw.random() < 0.05 else b"")


def ask(port: int) -> bytes:
    """The body of the answer to a sound request."""
    return send(port, SOUND, patience_s=SOUND_PATIENCE_S).partition(b"\r\n\r\n")[2]


def send(port: int, packet: bytes, *, patience_s: float = PATIENCE_S, after: str = "wait") -> bytes:
    """What comes back, its beginning; nothing where the connection is ended or nothing comes in time.

    ``after`` says what the client does then: ``wait``, ``leave`` at once, or wait with its own side ``closed``.
    """
    received = b""
    try:
        with socket.create_connection(("127.0.0.1", port), SOUND_PATIENCE_S) as connection:
            connection.settimeout(patience_s)
            connection.sendall(packet)
            if after == "leave":
                return b""
            if after == "closed":
                connection.shutdown(socket.SHUT_WR)
            while len(received) < 1 << 16 and (piece := connection.recv(1 << 16)):
                received += piece
    except OSError:
        pass
    return received


def statuses(received: bytes) -> list[str]:
    """Of all responses in it; empty where there is none, or none of HTTP."""
    lines = [line for line in received.split(b"\r\n") if line.startswith(b"HTTP/1.")]
    return [line.split(b" ")[1].decode("latin-1") for line in lines if line.count(b" ")]


@dataclass
class Attacked:
    """What became of a stack.

    Attributes:
        statuses: how often each came back; ``-`` where nothing did.
        bad: the first requests that were answered 500, 502, 503 or 504.
        died: command lines of processes that ended.
        wrong: how many sound requests in between were not answered as before.
    """

    stack: str
    requests: int = 0
    seconds: float = 0.0
    statuses: Counter[str] = field(default_factory=Counter)
    bad: list[str] = field(default_factory=list)
    died: list[str] = field(default_factory=list)
    wrong: int = 0

    @property
    def is_good(self) -> bool:
        """Whether all goals are reached."""
        return not (self.bad or self.wrong or (self.died and self.stack not in LOSES_WORKERS))


@contextmanager
def served(stack: str) -> Iterator[tuple[int, psutil.Process]]:
    """Its port, and the command that serves it."""
    argv = (sys.executable, "-m", "wsgibench", "serve", stack, "--port", "0", "--workers", "2", "--store", "memory://")
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout
        lines = [process.stdout.readline(), process.stdout.readline()]
        try:
            assert lines[1].startswith("http://"), f"{stack} is not served"
            yield int(lines[1].strip().rstrip("/").rpartition(":")[2]), psutil.Process(process.pid)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)


def attack(stack: str, requests: int, seed: int) -> Attacked:
    """Send so many, ``AT_ONCE`` at a time."""
    found = Attacked(stack)
    with served(stack) as (port, command), ThreadPoolExecutor(AT_ONCE) as pool:
        expected = ask(port)
        assert b"<html" in expected, stack
        family = {process.pid: (process, process.cmdline()) for process in command.children(recursive=True)}
        began = time.monotonic()
        while found.requests < requests:
            draw = random.Random(f"{seed}/{found.requests}")
            packets = [hostile(draw) for _ in range(min(EVERY, requests - found.requests))]
            answers = pool.map(lambda packet: send(port, packet, after=_AFTER[len(packet) % len(_AFTER)]), packets)
            for packet, received in zip(packets, answers, strict=True):
                came = statuses(received)
                found.statuses.update(came or "-")
                if BAD & set(came):
                    found.bad.append(f"{received[:200]!r} to {packet[:600]!r}")
            found.requests += len(packets)
            found.wrong += ask(port) != expected
        found.seconds = time.monotonic() - began
        found.died = [" ".join(line) for process, line in family.values() if not process.is_running()]
    return found


def main() -> None:
    """Attack all stacks, one after another."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=100_000, help="of all stacks together")
    parser.add_argument("--stacks", nargs="+", default=STACKS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("results/hostile_requests.json"))
    arguments = parser.parse_args()
    results = []
    for stack in arguments.stacks:
        found = attack(stack, arguments.requests // len(arguments.stacks), arguments.seed)
        results.append(found)
        seen = ", ".join(f"{status} {count:,}" for status, count in sorted(found.statuses.items()))
        print(
            f"{stack:<14} {found.requests:>7,} in {found.seconds:4.0f} s  {'good' if found.is_good else 'BAD'}  {seen}"
        )
        for line in (*found.bad[:5], *(f"died: {each}" for each in found.died)):
            print(f"    {line}")
        if found.wrong:
            print(f"    {found.wrong} sound requests were answered wrongly")
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    rows = [{**vars(found), "statuses": dict(found.statuses), "bad": len(found.bad)} for found in results]
    arguments.out.write_text(json.dumps(rows, indent=1) + "\n")
    sys.exit(not all(found.is_good for found in results))


if __name__ == "__main__":
    main()
