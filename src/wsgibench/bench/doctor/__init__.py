"""What is here, in which version, and is this machine fit to measure."""

from collections.abc import Iterator

from wsgibench.bench.doctor.machine import look_at_machine
from wsgibench.bench.doctor.parts import look_at_parts
from wsgibench.model.finding import Finding


def examine(python: str) -> Iterator[Finding]:
    """All findings: parts for apps of that interpreter's environment, then the machine. Takes a good second."""
    yield from look_at_parts(python)
    yield from look_at_machine()
