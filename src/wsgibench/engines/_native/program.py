"""An engine process: a job in, events out."""

import os
import resource
import sys
from importlib.metadata import version
from pathlib import Path

import msgspec

from wsgibench.engines._native.commands import Commands, StdinClosed
from wsgibench.engines._native.coordinator import Coordinator
from wsgibench.engines._native.poller import Poller
from wsgibench.engines._native.session import Session
from wsgibench.engines._native.sharing import share_of_job
from wsgibench.engines._native.worker import Say, Worker, say_to
from wsgibench.errors import WsgibenchError
from wsgibench.model.engine import EngineJob, Failed, Ready

VERSION = f"native {version('wsgibench')}, httptools {version('httptools')}, Python {sys.version.split()[0]}"


def run(job_file: Path) -> int:
    """Do the job in that file, with commands from stdin and events to stdout; the exit code, 0 if all was done."""
    say = say_to(sys.stdout.fileno())
    try:
        job = msgspec.json.decode(job_file.read_bytes(), type=EngineJob)
    except (OSError, msgspec.MsgspecError) as exc:
        say(Failed(message=f"The job file '{job_file}' cannot be read: {exc}."))
        return 1
    return work(job, sys.stdin.fileno(), say)


def work(job: EngineJob, commands_fd: int, say: Say) -> int:
    """Do the job; the exit code. What goes wrong is said."""
    try:
        if job.cores:
            os.sched_setaffinity(0, job.cores)
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # each connection is a file; 1,024 is soon too few
        (_alone if job.processes == 1 else _together)(job, commands_fd, say)
    except (StdinClosed, BrokenPipeError):
        return 1  # nobody is left to be told
    except WsgibenchError as exc:
        say(Failed(message=exc.message, hint=exc.hint))
        return 1
    except (msgspec.MsgspecError, OSError) as exc:
        say(Failed(message=f"The native engine cannot go on: {exc}."))
        return 1
    return 0


def _alone(job: EngineJob, commands_fd: int, say: Say) -> None:
    poller = Poller()
    session = Session(job, poller, say)
    try:
        commands = Commands(commands_fd, poller)
        say(Ready(pid=os.getpid(), version=VERSION))
        session.obey(commands)
    finally:
        session.close()
        poller.close()


def _together(job: EngineJob, commands_fd: int, say: Say) -> None:
    # Workers are made before anything that they should not inherit.
    workers: list[Worker] = []
    for number in range(job.processes):
        workers.append(Worker(share_of_job(job, number), work, workers))
    poller = Poller()
    try:
        Coordinator(job, workers, poller, say).obey(Commands(commands_fd, poller))
    finally:
        poller.close()
        for worker in workers:
            worker.end()
