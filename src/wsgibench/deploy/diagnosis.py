"""Why a stack does not start, from what it says and does.

Its app is imported once more only where that tells nothing, and only when the stack is gone: beside it, an app that
opens a port or takes a lock would find its other self there, and report that as the cause.
"""

import re
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from itertools import pairwise

from wsgibench.deploy.environment import built_environment
from wsgibench.errors import DeathError, StartError
from wsgibench.hosts import Host
from wsgibench.model.app import App
from wsgibench.model.program import Program
from wsgibench.processes.interpreter import problem_of
from wsgibench.processes.logs import last_exception, last_lines, lines_of
from wsgibench.processes.supervisord_client import ProgramStatus

_CHECK = "Check --app, --chdir, --env and --python."
_TAKEN = "It wants an address that another server has, or the same app in another process, or one of its own workers."
_LINES = 8
_UNCALLABLE = re.compile(r"TypeError: '.+' object is not callable")


class EndedError(StartError):
    """A program ended while it started, and said why. It may have been started again since."""

    def __init__(self, program: str) -> None:
        super().__init__(f"'{program}' ended while it started.")
        self.program = program


def supervisord_ended(when: str) -> DeathError:
    """That it has, and all stacks with it; ``when`` is a clause."""
    return DeathError(
        f"supervisord, which keeps all stacks, ended {when}.",
        "Somebody ended it, or the machine was out of memory. It is started again for the next block.",
    )


def main_pids(programs: Iterable[Program], rows: Iterable[ProgramStatus]) -> dict[str, tuple[int, ...]]:
    """The process ids of programs by role, from what supervisord says of them; 0 of one that has ended.

    Raises:
        DeathError: it says nothing of one: it has ended.
    """
    pids = {row.name: row.pid for row in rows}
    programs = tuple(programs)
    if not pids.keys() >= {program.name for program in programs}:
        raise supervisord_ended("while a stack was started")
    return {program.role: (pids[program.name] or 0,) for program in programs}


def require_alive(host: Host, group: str) -> None:
    """Return while all programs of a group that starts live.

    Raises:
        EndedError: one does not.
        DeathError: supervisord does not, which keeps them.
    """
    if host.has_ended:
        raise DeathError("supervisord, which keeps the stack, ended while it started.", host.log_tail(3))
    for row in host.status(group):
        if not row.alive:
            raise EndedError(row.name)


def refuse_uncallable(app: App, host: Host, group: str) -> None:
    """Return unless the app turned out to be none: some servers call it without looking, and answer 5xx.

    Raises:
        StartError: the server says that it cannot be called, in an error without a line of the app's.
    """
    for row in host.status(group):
        if line := _uncallable(host.end_of_log(group, row.name)):
            raise _no_callable(app, line)


def require_loading(app: App, *, timeout_s: float) -> None:
    """Return unless it is known that the app cannot be loaded.

    Raises:
        StartError: it cannot; says why.
    """
    if problem := problem_of(app, timeout_s=timeout_s, inherited=built_environment()):
        raise StartError(f"The app '{app.target}' {problem}.", _CHECK)


def diagnosed(
    error: StartError, app: App, host: Host, group: str, *, own: AbstractSet[int], timeout_s: float
) -> StartError:
    """The error with its cause as far as it can be found out; afterwards nothing of the group is left.

    ``own`` are the ports where it is to listen.
    """
    rows = host.status(group)
    dead = [error.program] if isinstance(error, EndedError) else [row.name for row in rows if not row.alive]
    has_ended = bool(dead)
    said = "".join(host.end_of_log(group, program) for program in dead or [row.name for row in rows])
    instead = "" if has_ended else _elsewhere(host.listening_ports(row.pid for row in rows if row.pid) - own)
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


def _elsewhere(others: AbstractSet[int]) -> str:
    """That it listens where nobody asked it to; empty where it does not."""
    if not others:
        return ""
    return (
        f"It listens on port {min(others)} instead. A module that calls app.run() on import is never imported to "
        "its end: put that call under if __name__ == '__main__'."
    )
