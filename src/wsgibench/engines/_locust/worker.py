"""One of several processes that send: a Locust worker, told what to do by the engine's ``master``."""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import NoReturn

import gevent
import gevent.event
import gevent.os
import msgspec
from locust import User
from locust.rpc import Message

from wsgibench.engines._locust.assignment import Assignment, import_locustfile, own_classes
from wsgibench.engines._locust.locust_process import LocustProcess, forget_statistics, new_environment
from wsgibench.errors import EngineError

SILENCE_S = 10.0
"""So long without a heartbeat of the master's, and it is gone."""


class Worker:
    """Serves one master, once.

    Args:
        local: started by the master on its machine, and bound to its life by stdin.
    """

    def __init__(self, host: str, port: int, *, local: bool) -> None:
        self._local = local
        self._process: LocustProcess | None = None
        self._dismissed = gevent.event.Event()
        self._environment = new_environment()
        # Given, else Locust would read them from files and the environment of whoever starts a worker.
        self._environment.parsed_options = argparse.Namespace(web_base_path="")
        if local:
            gevent.spawn(self._end_with_stdin)
        self._runner = self._environment.create_worker_runner(host, port)
        forget_statistics(self._environment)
        self._runner.register_message("assign", self._on_assign)
        self._runner.register_message("begin", self._on_begin)
        self._runner.register_message("end", self._on_end, concurrent=True)
        self._runner.register_message("bye", lambda **_: self._dismissed.set())

    def run(self) -> None:
        """Returns when the master is done, or gone."""
        self._runner.send_message("joined")
        gevent.spawn(self._tell)
        while not self._dismissed.wait(1):
            heartbeat_s = self._runner.last_heartbeat_timestamp
            if heartbeat_s and time.time() - heartbeat_s > SILENCE_S:
                sys.stderr.write("The master is gone.\n")
                return
        self._environment.events.quitting.fire(environment=self._environment)  # type: ignore[no-untyped-call]
        gevent.sleep(0.1)  # ZeroMQ sends in a thread of its own

    def _on_assign(self, msg: Message, **_: object) -> None:
        assignment = msgspec.json.decode(msg.data["assignment"], type=Assignment)
        try:
            classes = own_classes(assignment.job) if self._local else _classes_sent(assignment.locustfile)
        except EngineError as exc:
            self._runner.send_message("refused", {"message": exc.message, "hint": exc.hint})
            return
        self._process = LocustProcess(self._environment, assignment, classes, self._runner.worker_index)
        self._runner.send_message("prepared")

    def _on_begin(self, **_: object) -> None:
        if self._process is not None:
            self._process.begin()

    def _on_end(self, **_: object) -> None:
        if self._process is not None:
            report = self._process.end()
            self._runner.send_message("report", report.packed())

    def _tell(self) -> None:
        while True:
            gevent.sleep(1)
            if self._process is not None:
                self._runner.send_message("tally", {"users": self._process.users, **vars(self._process.tally())})

    def _end_with_stdin(self) -> NoReturn:
        while gevent.os.tp_read(0, 4096):
            pass
        os._exit(1)


def serve(host: str, port: int, *, local: bool) -> NoReturn:
    """Serve a master; on another machine one after the other, each in a fresh interpreter, until none comes.

    Each trial has an engine of its own, and thereby a master: a worker that was started by hand outlives it.
    """
    try:
        Worker(host, port, local=local).run()
    except ConnectionError:
        sys.stderr.write(f"No master has come to {host}:{port}.\n")
        os._exit(1)
    if local:
        os._exit(0)
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(sys.executable, [sys.executable, "-P", "-m", "wsgibench.engines._locust", *sys.argv[1:]])  # noqa: S606


def _classes_sent(text: str | None) -> list[type[User]]:
    """The user classes in the text of a locustfile."""
    if text is None:
        return []
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "locustfile.py"
        path.write_text(text)
        return import_locustfile(path)
