"""What has to be installed is asked once for a plan, and not again for each trial."""

import shlex
import sys
from pathlib import Path

import pytest

from support.fakes import a_plan
from wsgibench.deploy.deployment import deploy
from wsgibench.deploy.requirements import require_parts
from wsgibench.errors import MissingError
from wsgibench.model.address import Tcp
from wsgibench.model.app import App


@pytest.fixture
def counting(tmp_path: Path) -> tuple[App, Path]:
    """An app whose interpreter writes a line whenever it is started."""
    python, starts = tmp_path / "python", tmp_path / "starts"
    python.write_text(f'#!/bin/sh\necho >> {shlex.quote(str(starts))}\nexec {shlex.quote(sys.executable)} "$@"\n')
    python.chmod(0o755)
    starts.touch()
    return App(target="hello:app", directory=str(tmp_path), python=str(python)), starts


def test_an_interpreter_is_asked_once_for_all_stacks(counting, tmp_path: Path) -> None:
    """However many servers it is to have; and not at all when a stack is deployed, which each trial does."""
    app, starts = counting
    plan = a_plan(["gunicorn", "waitress", "uwsgi-http", "granian"], app=app)
    require_parts(plan, {"": app})
    assert starts.read_text().count("\n") == 1
    for number, stack in enumerate(plan.stacks):
        deploy(app, stack, group="trial", directory=tmp_path / str(number), listen=Tcp(port=1))
    assert starts.read_text().count("\n") == 1


def test_what_is_missing_is_named(counting) -> None:
    """The monitor's program, as the server's package."""
    app, _ = counting
    with pytest.raises(MissingError, match="needs cmonitor_collector, which is not on PATH"):
        require_parts(a_plan(["waitress"], app=app, monitor="cmonitor"), {"": app})
