"""Which processes a stack cannot do without, as supervisord says."""

from pathlib import Path

import pytest

from wsgibench.deploy.diagnosis import main_pids
from wsgibench.errors import DeathError
from wsgibench.model.program import Program
from wsgibench.processes.supervisord_client import ProgramStatus

PROGRAMS = [
    Program(name=name, role=role, argv=(name,), directory="/") for name, role in (("a", "server"), ("b", "proxy"))
]


def row(name: str, pid: int | None) -> ProgramStatus:
    return ProgramStatus(group="trial1", name=name, state="RUNNING", pid=pid, since_s=0.0, log=Path("log"))


def test_one_that_has_ended_is_there_without_a_process() -> None:
    assert main_pids(PROGRAMS, [row("a", 5), row("b", None)]) == {"server": (5,), "proxy": (0,)}


@pytest.mark.parametrize("rows", [[], [row("a", 5)]])
def test_where_supervisord_says_nothing_of_one_it_has_ended(rows: list[ProgramStatus]) -> None:
    """It was a KeyError."""
    with pytest.raises(DeathError, match="supervisord, which keeps all stacks, ended while"):
        main_pids(PROGRAMS, rows)
