"""Which of the shell's environment variables the stacks get."""

from wsgibench.model.record import Record


class Environment(Record, frozen=True, kw_only=True):
    """Names, never values, of the variables of the shell that began a run.

    Attributes:
        passed: those that every server and proxy got.
        removed: those that they did not, as they configure a server, a proxy, the interpreter or the allocator.
    """

    passed: tuple[str, ...]
    removed: tuple[str, ...]
