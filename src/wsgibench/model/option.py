"""What an option is: one row of the table from which command line, configuration file and docs derive."""

from collections.abc import Callable, Mapping
from typing import Any

from wsgibench.errors import UsageError
from wsgibench.model.record import Record
from wsgibench.units import parse_duration, parse_rate, parse_share

_PARSED: Mapping[str, Callable[[str], float]] = {
    "duration": parse_duration,
    "rate": parse_rate,
    "share": parse_share,
}
"""What makes of a text that a user writes the figure that code takes, by kind."""


class Option(Record, frozen=True, kw_only=True):
    """One option.

    Attributes:
        key: its name in code and in ``wsgibench.toml``, ``spawn_rate``; its flag is ``--spawn-rate``.
        kind: ``text``, ``integer``, ``duration``, ``rate``, ``share``, ``port`` (whose value may be left out: any that
            is free), ``flag``, ``directory``, ``file``, ``interpreter`` (its path, its name, or the folder of its
            environment) or ``choice``.
        default: as a user would write it; None where it is unset.
        metavar: how help shows the value.
        repeatable: may be given several times.
        choices: of kind ``choice``.
        field: what it is called where all that a user asked for comes together, if not by its key.
        matters: whether figures may depend on it, so that runs that differ in it are told apart.
        least: of a number.
        most: of a number.
        check: refuses, as ``UsageError``, a value that means nothing whatever else is given; where several may be
            given, each. What it returns is of no account here, so that it may be what parses the value.
        name: of its flag, where that is not its key: verbs may have flags of one name that take other values.
    """

    key: str
    kind: str
    help: str
    default: str | int | float | bool | None = None
    metavar: str | None = None
    repeatable: bool = False
    choices: tuple[str, ...] = ()
    name: str | None = None
    field: str | None = None
    matters: bool = True
    least: int | None = None
    most: int | None = None
    check: Callable[[Any], object] | None = None

    @property
    def flag(self) -> str:
        """``--spawn-rate``."""
        return "--" + (self.name or self.key).replace("_", "-")

    def parsed(self, value: object) -> Any:  # noqa: ANN401  # what it is, the kind says
        """The value as code takes it: seconds, events per second, a fraction of one; others as they are.

        Raises:
            UsageError: it is none of its kind.
        """
        parse = _PARSED.get(self.kind)
        return parse(value) if parse and isinstance(value, str) else value

    def check_value(self, value: Any) -> None:  # noqa: ANN401  # what it is, the kind says
        """Hold a value, as code takes it, against what this option may be, whatever else is given.

        Raises:
            UsageError: it means nothing.
        """
        if self.least is not None and value < self.least:
            raise UsageError(f"{self.flag} {value} is too little.", f"Give {self.flag} {self.least} or more.")
        if self.most is not None and value > self.most:
            raise UsageError(f"{self.flag} {value} is too much.", f"Give {self.flag} {self.most} at most.")
        if self.check is not None:
            self.check(value)
