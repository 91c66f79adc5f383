"""Which servers of the registry stand for all where a test starts a server for a single claim.

All of them are held to all claims in ``tests/contract/test_contract.py``, which asks one start many things.
"""

from collections.abc import Iterable

import pytest

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
