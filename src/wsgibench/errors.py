"""Every error that wsgibench raises on purpose.

    WsgibenchError          exit code 1: a trial or run failed
    ├── UsageError          exit code 2: the command line or plan is wrong
    │   └── UnknownNameError    a name that no adapter has; suggests the nearest
    ├── MissingError        exit code 3: something needed is missing on this machine
    ├── StartError          exit code 4: a stack did not start
    │   └── AnswerError         exit code 2: the app answers, but not with what could be measured
    ├── DeathError          exit code 1: a server or proxy ended while it was measured
    ├── WrongBodyError      exit code 1: a stack answers otherwise than the others
    ├── EngineError         exit code 1: the load engine failed
    ├── NotDoneError        exit code 1: what was to be done to stacks under load was not done
    ├── OutOfTimeError      exit code 1: the budget ended before there was anything to say
    └── RunFolderError      exit code 1: a run folder cannot be written or read

An error says in one sentence what happened, with the value that caused it; ``hint`` says what to do about it.
Only ``wsgibench.cli`` prints errors and turns them into exit codes. 0 is success, 130 an interrupt.
"""

import difflib
from collections.abc import Iterable


class WsgibenchError(Exception):
    """One sentence about what happened, and a hint about what to do."""

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n{self.hint}" if self.hint else self.message


class UsageError(WsgibenchError):
    """The command line or the plan is wrong."""

    exit_code = 2


class UnknownNameError(UsageError):
    """No adapter has that name; the hint suggests the nearest one or lists all."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        known = sorted(known)
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"Did you mean '{near[0]}'?" if near else f"There are: {', '.join(known)}."
        super().__init__(f"No {kind} is called '{name}'.", hint)


class MissingError(WsgibenchError):
    """Something needed is not on this machine."""

    exit_code = 3


class StartError(WsgibenchError):
    """A stack did not start."""

    exit_code = 4


class AnswerError(StartError):
    """The app answers, but not with what could be measured: another status, an answer without end.

    ``status`` is None where it has no end.
    """

    exit_code = 2

    def __init__(self, message: str, hint: str = "", *, status: int | None = None) -> None:
        super().__init__(message, hint)
        self.status = status


class DeathError(WsgibenchError):
    """A server or proxy ended while it was measured."""


class WrongBodyError(WsgibenchError):
    """A stack answers otherwise than the others."""


class EngineError(WsgibenchError):
    """The load engine failed."""


class NotDoneError(WsgibenchError):
    """What was to be done to the stacks while they were measured was not done."""


class OutOfTimeError(WsgibenchError):
    """The budget is used up."""


class RunFolderError(WsgibenchError):
    """A run folder cannot be written or read."""
