"""Which program is a proxy here: the first that is new enough for what is written for it."""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from wsgibench.errors import MissingError
from wsgibench.model.record import Record
from wsgibench.model.version import is_before
from wsgibench.processes.programs import output_of, programs_named
from wsgibench.proxies import PROXIES


class ProxyProgram(Record, frozen=True, kw_only=True):
    """A program that is a proxy here, by the proxy's name."""

    name: str
    path: str

    @property
    def said(self) -> str:
        """All that it says when it is asked for its version."""
        return _said_by(self.path, Path(self.path).stat().st_mtime_ns, PROXIES.get(self.name).version_argv)

    @property
    def version(self) -> str | None:
        """``2.10.0``; None where it does not tell."""
        found = re.search(r"\d+(?:\.\d+)+", self.said)
        return found[0] if found else None

    @property
    def is_too_old(self) -> bool:
        """Whether it says that it comes before the first that takes what is written for the proxy."""
        first = PROXIES.get(self.name).at_least
        return bool(first) and is_before(self.version or first, first)


def proxy_program_of(name: str, names: Sequence[str] = ()) -> ProxyProgram | None:
    """That of the proxy, or of its programs that are named; where all are too old the first, None where none is there.

    A system's own, which comes first, is often older than that of the wheel.
    """
    found = None
    for path in programs_named(names or PROXIES.get(name).programs):
        program = ProxyProgram(name=name, path=path)
        if not program.is_too_old:
            return program
        found = found or program
    return found


def require_proxy(name: str) -> str:
    """Where the proxy's program is.

    Raises:
        MissingError: it is not installed, or in too old a version.
    """
    proxy = PROXIES.get(name)
    program = proxy_program_of(name)
    if program is None:
        raise MissingError(f"'{name}' is not installed.", proxy.how_to_get)
    if program.is_too_old:
        raise MissingError(
            f"The proxy '{name}' needs version {proxy.at_least} or later, and {program.path} is {program.version}.",
            proxy.how_to_get,
        )
    return program.path


@cache
def _said_by(path: str, _changed_ns: int, argv: tuple[str, ...]) -> str:
    """Once for each program: a run starts it often."""
    return output_of((path, *argv))[1]
