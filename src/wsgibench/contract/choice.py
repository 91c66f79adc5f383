"""Which servers stand for all where a test starts one for a single claim, and what is expected of whom.

All that speak HTTP are held to all claims in ``test_server.py``, which asks one start many things.
"""

from collections.abc import Collection, Iterable

import pytest

from wsgibench.proxies import PROXIES
from wsgibench.servers import SERVERS

IN_SHORT = (
    "granian",
    "gunicorn",
    "gunicorn-gthread",
    "uwsgi",
    "uwsgi-http",
    "uwsgi-http-socket",
    "waitress",
    "werkzeug",
)


def each(names: Iterable[str]) -> list[object]:
    """Parameters: those that stand for all, and the others in the long form of the tests; of stacks their servers."""
    return [each_of(name) for name in names]


def each_of(name: str, *more: object) -> object:
    """One of them, with further values."""
    server = name.partition(":")[0].rpartition("+")[2]
    return pytest.param(name, *more, marks=() if server in IN_SHORT else pytest.mark.long)


def may_be(name: str, those: Collection[str]) -> set[bool]:
    """Whether a server or proxy is one of ours that differ in something; of others both are right."""
    return {name in those} if name in SERVERS.own() | PROXIES.own() else {True, False}
