"""The option of the contract, for a pytest that runs it; any other where wsgibench is installed sees nothing of it.

A plugin by entry point, as a package that ``--pyargs`` names cannot add an option in a file of its own.
"""

from collections.abc import Iterable
from importlib.metadata import entry_points

import pytest

GROUPS = {"server": "wsgibench.servers", "proxy": "wsgibench.proxies", "monitor": "wsgibench.monitors"}
"""Where adapters of each kind are announced; files of tests about a kind begin with its name: ``test_server.py``."""


def pytest_load_initial_conftests(parser: pytest.Parser, args: Iterable[str]) -> None:
    """Take ``--adapter`` where the contract is asked for by its name."""
    if any(word.partition("::")[0] == "wsgibench.contract" or word.startswith("wsgibench.contract.") for word in args):
        parser.addoption("--adapter", metavar="MODULE:NAME", help="hold that adapter alone to the contract")


def pytest_configure(config: pytest.Config) -> None:
    """Refuse an adapter that wsgibench would not find, either."""
    wanted = adapter(config)
    if wanted and not any(names_of(wanted).values()):
        raise pytest.UsageError(
            f"No entry point of {', '.join(GROUPS.values())} is '{wanted}'.\n"
            f"Announce it in pyproject.toml and install the project: "
            f'[project.entry-points."wsgibench.servers"] mine = "{wanted}"'
        )


def adapter(config: pytest.Config) -> str | None:
    """The one that is asked for."""
    wanted: str | None = config.getoption("--adapter", default=None)
    return wanted


def names_of(wanted: str) -> dict[str, set[str]]:
    """By kind what wsgibench calls that adapter."""
    points = {kind: entry_points(group=group) for kind, group in GROUPS.items()}
    return {kind: {point.name for point in points[kind] if point.value == wanted} for kind in GROUPS}
