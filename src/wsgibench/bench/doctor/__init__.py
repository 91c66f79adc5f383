"""What is here, in which version, and is this machine fit to measure."""

from collections.abc import Iterator

from wsgibench.bench.doctor.fitness import look_at_machine
from wsgibench.bench.doctor.parts import look_at_parts
from wsgibench.model.check import Check


def examine(python: str) -> Iterator[Check]:
    """All checks: parts for apps of that interpreter's environment, then the machine. Takes a good second."""
    yield from look_at_parts(python)
    yield from look_at_machine()
