"""What an option is: one row of the table from which command line, configuration file and docs derive."""

from wsgibench.model.record import Record


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

    @property
    def flag(self) -> str:
        """``--spawn-rate``."""
        return "--" + (self.name or self.key).replace("_", "-")
