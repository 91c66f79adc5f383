"""The run's side of its live page."""

import contextlib
import os
import secrets
import signal
import sys
import threading
from typing import Self

import msgspec

from wsgibench.as_json import as_json
from wsgibench.bench.cores import cores_of
from wsgibench.cli.live.messages import HOST, Audience, Job, News
from wsgibench.cli.progress.board import Board
from wsgibench.errors import WsgibenchError
from wsgibench.processes.child import Child
from wsgibench.processes.private_directory import PrivateDirectory
from wsgibench.runs.folder import RunFolder

_INTERVAL_S = 1.0
_START_S = 15.0
_FAREWELL_S = 10.0
"""For the child to show the end to those who watch; it ends by itself before."""


class LivePage:
    """Serves a run while it is open, and records how many watched at once.

    A thread tells the child once a second how the run goes, but only while somebody watches; else only when a load
    begins or ends. Should the child die or hang, the run goes on.

    Attributes:
        url: where the page is, for browsers on this machine.
    """

    def __init__(self, folder: RunFolder, board: Board, port: int) -> None:
        token = secrets.token_urlsafe(16)
        self.url = f"http://{HOST}:{port}/{token}/"
        self._folder = folder
        self._board = board
        self._job = Job(
            folder=str(folder.path.resolve()),
            port=port,
            token=token,
            cores=cores_of(folder.read_run().plan).engine,
        )
        self._audience = Audience(now=0, most=0)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._tell, name="live page", daemon=True)

    def __enter__(self) -> Self:
        self._directory = PrivateDirectory()
        self._child = Child((sys.executable, "-P", "-m", "wsgibench.cli.live"), log=self._directory.path / "live.log")
        try:
            self._start()
        except BaseException:
            self._end(grace_s=0.0)
            raise
        return self

    def _start(self) -> None:
        self._child.send(as_json(self._job))
        first = None
        with contextlib.suppress(EOFError):
            first = self._child.line(timeout_s=_START_S)
        if first is None:
            raise WsgibenchError("The live page does not start.", self._child.said())
        self._record()
        self._thread.start()

    def over(self) -> None:
        """The run has ended: record how many watched, and tell them."""
        self._record()
        self._over.set()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join(2 * _INTERVAL_S)
        if self._thread.is_alive():  # the child takes nothing
            os.kill(self._child.pid, signal.SIGKILL)
        self._end(grace_s=_FAREWELL_S)

    def _end(self, *, grace_s: float) -> None:
        self._child.end(grace_s=grace_s)
        self._directory.remove()

    def _tell(self) -> None:
        over, under_load = False, None
        while not over:
            try:
                line = self._child.line(timeout_s=_INTERVAL_S)
            except EOFError:
                return
            if line is not None:
                self._audience = msgspec.json.decode(line, type=Audience)
            over = self._over.is_set()
            snapshot = self._board.snapshot()
            if snapshot is None or not (self._audience.now or over or snapshot.under_load != under_load):
                continue
            under_load = snapshot.under_load
            if not self._child.send(as_json(News(snapshot=snapshot, over=over))):
                return

    def _record(self) -> None:
        """A viewer costs CPU: whoever reads the figures should know. Zero says that nobody watched though one could."""
        with self._folder.lock():
            run = self._folder.read_run()
            viewers = max(run.viewers or 0, self._audience.most)
            self._folder.write_run(msgspec.structs.replace(run, viewers=viewers))
