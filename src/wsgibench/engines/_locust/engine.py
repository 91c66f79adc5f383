"""The first process of the engine: takes commands, runs the one load, tells how it goes, writes what came of it."""

import os
import time
import traceback
from importlib.metadata import version
from pathlib import Path
from typing import NoReturn

import gevent

from wsgibench.engines._locust.assignment import assign, check, read_locustfile
from wsgibench.engines._locust.conversation import Conversation
from wsgibench.engines._locust.local_pool import LocalPool
from wsgibench.engines._locust.locust_process import Report
from wsgibench.engines._locust.master import Master
from wsgibench.engines._locust.user_pool import UserPool
from wsgibench.errors import EngineError
from wsgibench.model.engine import (
    ANSWERS_FILE,
    EngineJob,
    Failed,
    LoadDone,
    Measuring,
    Progress,
    Ready,
    RunLoad,
    Written,
)
from wsgibench.model.recording import OUTCOMES


class LocustEngine:
    """One job and its one load, made by users in this process, or by a master's workers."""

    def __init__(self, job: EngineJob, conversation: Conversation) -> None:
        self._job = job
        self._conversation = conversation
        self._measuring = False
        self._done: tuple[RunLoad, Report] | None = None

    def run(self) -> NoReturn:
        """Do the job and end the process, with 0 or, when it cannot go on, with 1."""
        try:
            self._run()
        except Exception as exc:  # noqa: BLE001  # whatever it is, the bench must be told
            self._fail(exc)
        os._exit(0)

    def _run(self) -> None:
        check(self._job)
        self._conversation.listen()
        pool = self._gather()
        made_of = " ".join(f"{name}/{version(name)}" for name in ("locust", "geventhttpclient", "gevent"))
        self._conversation.say(Ready(pid=os.getpid(), version=made_of))
        while isinstance(command := self._conversation.next_command(), RunLoad):
            if self._done is not None:
                raise EngineError("Locust runs one load in its life.", "Start an engine for each.")
            self._load(pool, command)
        pool.leave()
        self._conversation.say(self._write())

    def _gather(self) -> UserPool:
        if self._job.processes == 1 and not self._job.remote_workers:
            return LocalPool(self._job)
        return Master(self._job, self._conversation.say)

    def _load(self, pool: UserPool, command: RunLoad) -> None:
        assignment = assign(self._job, command, read_locustfile(self._job))
        progress = gevent.spawn(self._tell_progress, pool, command)
        pool.ramp(assignment)
        gevent.sleep(command.warmup_s)
        self._measuring, start_s = True, time.monotonic()
        pool.begin()
        self._conversation.say(Measuring(target=command.target, phase=command.phase))
        gevent.sleep(command.duration_s)
        self._measuring, duration_s = False, time.monotonic() - start_s
        report = pool.end()
        progress.kill()
        self._done = command, report
        totals = report.recording.outcomes.totals(len(OUTCOMES))
        self._conversation.say(
            LoadDone(
                target=command.target,
                phase=command.phase,
                start_s=start_s,
                duration_s=duration_s,
                drain_s=report.drain_s,
                outcomes={name: int(number) for name, number in zip(OUTCOMES, totals, strict=True) if number},
                cpu_s=report.cpu_s,
                completed=report.completed,
                disputed=report.disputed,
            )
        )

    def _tell_progress(self, pool: UserPool, command: RunLoad) -> None:
        due_s = time.monotonic()
        while True:
            due_s += 1
            gevent.sleep(max(due_s - time.monotonic(), 0))
            try:
                users, tally = pool.tally()
            except EngineError as exc:
                self._fail(exc)
            self._conversation.say(
                Progress(
                    target=command.target,
                    phase=command.phase,
                    measuring=self._measuring,
                    users=users,
                    requests=tally.requests,
                    failures=tally.failures,
                    mean_latency_s=tally.latency_sum_s / tally.requests if tally.requests else None,
                )
            )

    def _write(self) -> Written:
        if self._done is None:
            return Written(files=())
        command, report = self._done
        folder, file = Path(self._job.directory) / command.target, f"{command.phase}.npz"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / file).write_bytes(report.recording.to_bytes())
        (folder / ANSWERS_FILE).write_bytes(report.answers.to_bytes())
        return Written(files=(f"{command.target}/{file}",), answers=(f"{command.target}/{ANSWERS_FILE}",))

    def _fail(self, exc: Exception) -> NoReturn:
        if isinstance(exc, EngineError):
            self._conversation.say(Failed(message=exc.message, hint=exc.hint))
        else:
            traceback.print_exc()
            self._conversation.say(Failed(message=f"The Locust engine broke: {type(exc).__name__}: {exc}."))
        os._exit(1)
