"""What is started."""

from wsgibench.model.record import Record


class Program(Record, frozen=True, kw_only=True):
    """One process to keep, with all that it starts itself.

    Attributes:
        name: unique within its group; letters, digits, ``-``, ``_`` and ``.``.
        role: ``server``, ``proxy``, ``engine`` or ``monitor``.
        argv: argument list; the first is a path or a name on PATH.
        directory: working directory.
        env: environment variables beside the inherited ones.
        stop_signal: asks it to end in good order: ``TERM``, ``QUIT``, ``INT``.
        check_argv: argument list that checks its configuration before it is started; empty for none.
    """

    name: str
    role: str
    argv: tuple[str, ...]
    directory: str
    env: tuple[tuple[str, str], ...] = ()
    stop_signal: str = "TERM"
    check_argv: tuple[str, ...] = ()
