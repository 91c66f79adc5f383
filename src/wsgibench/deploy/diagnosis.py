"""Why a stack does not start, from what it says and does.

Its app is imported once more only where that tells nothing, and only when the stack is gone: beside it, an app that
opens a port or takes a lock would find its other self there, and report that as the cause.
"""

import re
from collections.abc import Set as AbstractSet
from itertools import pairwise
from pathlib import Path

from wsgibench.deploy.environment import built_environment
from wsgibench.errors import DeathError, StartError
from wsgibench.hosts import LocalHost
from wsgibench.model.app import App
from wsgibench.processes.interpreter import problem_of
from wsgibench.processes.logs import end_of, last_exception, last_lines, lines_of
from wsgibench.processes.supervisord_client import ProgramStatus
from wsgibench.processes.tree import processes_of
from wsgibench.processes.workers import listening_ports

_CHECK = "Check --app, --chdir, --env and --python."
_TAKEN = "It wants an address that another server has, or the same app in another process, or one of its own workers."
_LINES = 8
_UNCALLABLE = re.compile(r"TypeError: '.+' object is not callable")


class EndedError(StartError):
    """A program ended while it started; ``log`` is where it said why. It may have been started again since."""

    def __init__(self, name: str, log: Path) -> None:
        super().__init__(f"'{name}' ended while it started.")
        self.log = log


def require_alive(host: LocalHost, group: str) -> None:
    """Return while all programs of a group that starts live.

    Raises:
        EndedError: one does not.
        DeathError: supervisord does not, which keeps them.
    """
    if host.has_ended:
        raise DeathError("supervisord, which keeps the stack, ended while it started.", host.log_tail(3))
    for row in host.status(group):
        if not row.alive:
            raise EndedError(row.name, row.log)


def refuse_uncallable(app: App, host: LocalHost, group: str) -> None:
    """Return unless the app turned out to be none: some servers call it without looking, and answer 5xx.

    Raises:
        StartError: the server says that it cannot be called, in an error without a line of the app's.
    """
    for row in host.status(group):
        if line := _uncallable(end_of(row.log)):
            raise _no_callable(app, line)


def require_loading(app: App, *, timeout_s: float) -> None:
    """Return unless it is known that the app cannot be loaded.

    Raises:
        StartError: it cannot; says why.
    """
    if problem := problem_of(app, timeout_s=timeout_s, inherited=built_environment()):
        raise StartError(f"The app '{app.target}' {problem}.", _CHECK)


def diagnosed(
    error: StartError, app: App, host: LocalHost, group: str, *, own: AbstractSet[int], timeout_s: float
) -> StartError:
    """The error with its cause as far as it can be found out; afterwards nothing of the group is left.

    ``own`` are the ports where it is to listen.
    """
    rows = host.status(group)
    dead = [error.log] if isinstance(error, EndedError) else [row.log for row in rows if not row.alive]
    has_ended = bool(dead)
    said = "".join(map(end_of, dead or [row.log for row in rows]))
    instead = "" if has_ended else _elsewhere(rows, own)
    host.remove(group)
    if line := _uncallable(said):
        return _no_callable(app, line)
    exception = last_exception(said)
    end = last_lines(said, _LINES)
    if exception is None and not has_ended:
        return StartError(error.message, instead or error.hint)
    if exception is None:
        problem = problem_of(app, timeout_s=timeout_s, inherited=built_environment())
        if problem:
            return StartError(f"The app '{app.target}' {problem}.", _CHECK)
        return StartError(error.message, end or "It said nothing.")
    advice = instead or error.hint or (_TAKEN if "already in use" in exception else _CHECK)
    return StartError(f"{error.message.removesuffix('.')}: {exception.removesuffix('.')}.", f"{end}\n{advice}")


def _uncallable(log: str) -> str | None:
    """What a server says that calls what cannot be called: an error without a line of the app's in it."""
    lines = pairwise(["", *lines_of(log)])
    return next((line for before, line in lines if _UNCALLABLE.fullmatch(line) and not before.startswith(" ")), None)


def _no_callable(app: App, line: str) -> StartError:
    return StartError(f"The app '{app.target}' is no callable: {line}.", _CHECK)


def _elsewhere(rows: list[ProgramStatus], own: AbstractSet[int]) -> str:
    """That it listens where nobody asked it to; empty where it does not."""
    others = listening_ports(processes_of(row.pid for row in rows if row.pid)) - own
    if not others:
        return ""
    return (
        f"It listens on port {min(others)} instead. A module that calls app.run() on import is never imported to "
        "its end: put that call under if __name__ == '__main__'."
    )
