"""Users shared out among workers: processes of this machine, or of others. The master sends no load itself."""

import random
import socket
import sys
import time
from collections import ChainMap
from collections.abc import Callable
from dataclasses import replace

import gevent
import gevent.subprocess
from locust.exception import RPCError
from locust.rpc import Message
from locust.runners import STATE_MISSING

from wsgibench.as_json import as_json
from wsgibench.engines._locust.assignment import Assignment, own_classes
from wsgibench.engines._locust.fixed_size_master import FixedSizeMaster
from wsgibench.engines._locust.locust_process import Report, forget_statistics, new_environment
from wsgibench.engines._locust.locustfile import user_class
from wsgibench.engines._locust.recorder import Tally
from wsgibench.errors import EngineError
from wsgibench.model.answer_table import Answers
from wsgibench.model.engine import EngineEvent, EngineJob, Waiting

LOCAL_DEADLINE_S = 30.0
_LEAVE_S = 5.0


class Master:
    """Locust's master, and messages of ours beside Locust's own, which spread the users.

    To workers: ``assign`` (an ``Assignment``), ``begin``, ``end``, ``bye``. From them: ``joined``, ``prepared``,
    ``refused``, ``tally`` each second, ``report``. Each worker's second 0 is when ``begin`` reaches it, by its own
    clock: so the clocks of machines need not agree.
    """

    def __init__(self, job: EngineJob, say: Callable[[EngineEvent], None]) -> None:
        self._job = job
        self._own_classes = own_classes(job)
        self._environment = new_environment()
        remote = job.remote_workers > 0
        self._host = job.options.get("master-bind-host", "127.0.0.1") if remote else "127.0.0.1"
        port = int(job.options.get("master-bind-port", "5557")) if remote else 0
        try:
            self._runner = FixedSizeMaster(
                self._environment, self._host, port, job.remote_workers if remote else job.processes
            )
        except (RPCError, SystemExit) as exc:
            raise EngineError(
                f"The Locust master cannot listen at {self._host}:{port}: {exc}.",
                "Choose another master-bind-host or master-bind-port.",
            ) from exc
        self._environment.runner = self._runner
        forget_statistics(self._environment)
        self._joined: list[str] = []
        self._answers: dict[str, dict[str, Message]] = {"prepared": {}, "refused": {}, "report": {}}
        self._users: dict[str, int] = {}
        self._tally = Tally()
        self._begin_s = self._cpu_s = 0.0
        self._listen()
        self._children = [] if remote else [self._start_child() for _ in range(job.processes)]
        self._gather(say)

    def ramp(self, assignment: Assignment) -> None:
        """Start the users, spread over the workers; returns when all are there."""
        users = assignment.users
        self._environment.user_classes = self._own_classes or [
            # Its name and weight are what counts here.
            user_class(self._job.requests, assignment.target.host, users, random.Random, client="fast", paths=iter(()))
        ]
        self._environment.host = assignment.url
        self._environment.stop_timeout = assignment.give_up_s
        self._runner.send_message("assign", {"assignment": as_json(assignment)})
        self._wait_for("prepared", LOCAL_DEADLINE_S)
        self._runner.start(users.count, users.spawn_rate_per_s)
        limit = time.monotonic() + LOCAL_DEADLINE_S
        while self._runner.user_count < users.count and time.monotonic() < limit:
            gevent.sleep(0.01)

    def begin(self) -> None:
        """From now on requests are recorded."""
        self._begin_s, self._cpu_s = time.time(), time.process_time()
        self._runner.send_message("begin")

    def end(self) -> Report:
        """Send no more, and wait for what is in flight."""
        self._runner.send_message("end")
        answers = self._wait_for("report", self._environment.stop_timeout + LOCAL_DEADLINE_S)
        self._runner.stop(send_stop_to_client=False)  # else the users of each worker that leaves go to the others
        own_cpu_s = time.process_time() - self._cpu_s
        reports = [Report.unpacked(answer.data) for answer in answers]
        merged = reports[0].recording.merge(*(report.recording for report in reports[1:]))
        return Report(
            replace(merged, start_s=self._begin_s),
            max(report.drain_s for report in reports),
            own_cpu_s + sum(report.cpu_s for report in reports),
            sum(report.completed for report in reports),
            tuple(each for report in reports for each in report.disputed),
            Answers.of(dict(ChainMap(*(report.answers.by_path() for report in reports)))),
        )

    def tally(self) -> tuple[int, Tally]:
        """Users that are there, and requests since the last call.

        Raises:
            EngineError: a worker was lost.
        """
        self._check()
        tally, self._tally = self._tally, Tally()
        return sum(self._users.values()), tally

    def leave(self) -> None:
        """Send the workers away, and wait until they have gone."""
        self._runner.send_message("bye")
        limit = time.monotonic() + 2
        while self._runner.clients and time.monotonic() < limit:
            gevent.sleep(0.01)
        for child in self._children:
            child.stdin.close()
            try:
                child.wait(_LEAVE_S)
            except gevent.subprocess.TimeoutExpired:
                child.kill()
                child.wait()

    def _listen(self) -> None:
        self._runner.register_message("joined", lambda msg, **_: self._joined.append(msg.node_id))
        self._runner.register_message("tally", self._on_tally)
        for name, answers in self._answers.items():
            self._runner.register_message(name, self._keeper(answers))

    @staticmethod
    def _keeper(answers: dict[str, Message]) -> Callable[..., None]:
        def keep(msg: Message, **_: object) -> None:
            answers[msg.node_id] = msg

        return keep

    def _on_tally(self, msg: Message, **_: object) -> None:
        self._users[msg.node_id] = msg.data.pop("users")
        self._tally.add(Tally(**msg.data))

    def _start_child(self) -> "gevent.subprocess.Popen[bytes]":
        # The engine is a program of its own, beyond the processes that wsgibench.processes keeps. A worker ends when
        # its stdin does: when this process ends, however it ends.
        arguments = ["--worker", "--local", f"--master-port={self._runner.server.port}"]
        return gevent.subprocess.Popen(
            [sys.executable, "-P", "-m", "wsgibench.engines._locust", *arguments], stdin=gevent.subprocess.PIPE
        )

    def _gather(self, say: Callable[[EngineEvent], None]) -> None:
        wanted = self._job.processes if self._children else self._job.remote_workers
        deadline_s = LOCAL_DEADLINE_S if self._children else self._job.remote_deadline_s
        limit, told = time.monotonic() + deadline_s, -1
        while len(self._joined) < wanted:
            if not self._children and len(self._joined) != told:
                told = len(self._joined)
                say(Waiting(workers=told, of=wanted, command=self._command()))
                sys.stderr.write(f"{told} of {wanted} workers have joined. Start one with: {self._command()}\n")
            if time.monotonic() > limit:
                raise EngineError(
                    f"Only {len(self._joined)} of {wanted} Locust workers joined within {deadline_s:g} s.",
                    "" if self._children else f"Start each on its machine: {self._command()}",
                )
            self._check()
            gevent.sleep(0.02)

    def _command(self) -> str:
        host = socket.gethostname() if self._host in {"*", "0.0.0.0"} else self._host  # noqa: S104  # compared only
        port = self._runner.server.port
        return f"python -m wsgibench.engines._locust --worker --master-host={host} --master-port={port}"

    def _wait_for(self, name: str, deadline_s: float) -> list[Message]:
        """One answer of each worker."""
        answers, limit = self._answers[name], time.monotonic() + deadline_s
        while len(answers) < len(self._joined):
            self._check()
            if time.monotonic() > limit:
                raise EngineError(f"{len(self._joined) - len(answers)} Locust workers did not answer ({name}).")
            gevent.sleep(0.005)
        return list(answers.values())

    def _check(self) -> None:
        for refusal in self._answers["refused"].values():
            raise EngineError(refusal.data["message"], refusal.data["hint"])
        if any(child.poll() is not None for child in self._children):
            raise EngineError("A Locust worker on this machine has ended.", "What it said is in the engine's log.")
        for node_id in self._joined:
            node = self._runner.clients.get(node_id)
            if node is None or node.state == STATE_MISSING:
                raise EngineError(
                    f"The Locust worker '{node_id}' is lost.", "Look at what it said, and at the network to it."
                )
