"""The process that serves a live page, and viewers of it."""

import http.client
import select
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPMessage
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import msgspec

from wsgibench.cli.live.messages import HOST, Audience, Job, News
from wsgibench.cli.progress.snapshot import Row, Snapshot, SoFar
from wsgibench.processes.ports import free_ports

TOKEN = "the-token"


def news(block: int, *, over: bool = False, under_load: bool = False) -> News:
    """News of a run in that block."""
    row = Row(stack="gunicorn", done=1, counted=1, now="250/s", at_hand=True, phases={"steady": SoFar()})
    return News(
        snapshot=Snapshot(
            block=block,
            blocks=9,
            ended=block - 1,
            trials=9,
            elapsed_s=1.0,
            left_s=60.0,
            under_load=under_load,
            doing="steady: round 1 of 2",
            settled="",
            phases=("steady",),
            rows=(row,),
        ),
        over=over,
    )


class LivePage:
    """``python -m wsgibench.cli.live`` for a folder; ended when it is left."""

    def __init__(self, folder: Path) -> None:
        self.port = free_ports(1, HOST)[0].port
        self.url = f"http://{HOST}:{self.port}/{TOKEN}/"
        self.process = subprocess.Popen(
            (sys.executable, "-m", "wsgibench.cli.live"), stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._send(Job(folder=str(folder), port=self.port, token=TOKEN, cores=()))
        assert self.audience() == Audience(now=0, most=0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            pipe.close()

    def tell(self, its: News) -> None:
        """What the run tells once a second."""
        self._send(its)

    def audience(self, within_s: float = 10.0) -> Audience:
        """What it says next about who watches."""
        assert self.process.stdout is not None
        assert select.select([self.process.stdout], [], [], within_s)[0], "it says nothing"
        return msgspec.json.decode(self.process.stdout.readline(), type=Audience)

    def _send(self, record: msgspec.Struct) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(msgspec.json.encode(record) + b"\n")
        self.process.stdin.flush()


@dataclass
class Answer:
    """What a server said."""

    status: int
    headers: HTTPMessage
    text: str


def ask(url: str, path: str | None = None, *, method: str = "GET", host: str | None = None) -> Answer:
    """The answer to a request; ``path`` and ``host`` instead of those of the URL."""
    connection, answer = _begin(url, urlsplit(url).path if path is None else path, method=method, host=host)
    with closing(connection), answer:
        return Answer(answer.status, answer.headers, answer.read().decode())


def _begin(
    url: str, path: str, *, method: str = "GET", host: str | None = None
) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=20)
    connection.putrequest(method, path, skip_host=True)
    connection.putheader("Host", parts.netloc if host is None else host)
    connection.endheaders()
    return connection, connection.getresponse()


class Viewer:
    """Watches the events of a page."""

    def __init__(self, url: str) -> None:
        self._connection, self._answer = _begin(url, f"{urlsplit(url).path}events")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._answer.close()
        self._connection.close()

    def next(self) -> News | None:
        """The next issue; None at the end of the stream."""
        while line := self._answer.readline():
            if line.startswith(b"data: "):
                return msgspec.json.decode(line.removeprefix(b"data: "), type=News)
        return None
