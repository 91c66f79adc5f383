"""An engine process: the job in, events out."""

import os
import sys
from importlib.metadata import version
from pathlib import Path

import msgspec

from wsgibench.engines._native.commands import Commands, StdinClosed
from wsgibench.engines._native.poller import Poller
from wsgibench.engines._native.session import Session
from wsgibench.errors import WsgibenchError
from wsgibench.model.engine import EngineEvent, EngineJob, Failed, Ready

VERSION = f"native {version('wsgibench')}, httptools {version('httptools')}, Python {sys.version.split()[0]}"


def say(event: EngineEvent) -> None:
    """Write the event as a line on stdout."""
    sys.stdout.buffer.write(msgspec.json.encode(event) + b"\n")
    sys.stdout.buffer.flush()


def run(job_file: Path) -> int:
    """Do the job; the exit code, 0 only if all of it was done."""
    try:
        job = msgspec.json.decode(job_file.read_bytes(), type=EngineJob)
        if job.cores:
            os.sched_setaffinity(0, job.cores)
        _work(job)
    except StdinClosed:
        return 1
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except WsgibenchError as exc:
        say(Failed(message=exc.message, hint=exc.hint))
        return 1
    except (msgspec.MsgspecError, OSError, ValueError) as exc:
        say(Failed(message=f"The native engine cannot go on: {exc}."))
        return 1
    return 0


def _work(job: EngineJob) -> None:
    poller = Poller()
    session = Session(job, poller, say)
    try:
        commands = Commands(sys.stdin.fileno(), poller)
        say(Ready(pid=os.getpid(), version=VERSION))
        session.obey(commands)
    finally:
        session.close()
        poller.close()
