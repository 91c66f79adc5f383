"""A server that needs a later version than is there is named before anything starts: in a plan, by list and doctor."""

import sys
from dataclasses import replace

import pytest

from support.fakes import a_plan
from wsgibench.bench.doctor.parts import look_at_parts
from wsgibench.deploy.requirements import require_parts
from wsgibench.errors import MissingError
from wsgibench.model.app import App
from wsgibench.servers import SERVERS

OLD = """\
#!/bin/sh
{python} "$@" | sed -E 's/"gunicorn": "[^"]*"/"gunicorn": "26.2.0"/'
"""


@pytest.fixture
def python(tmp_path) -> str:
    """An interpreter whose environment has a gunicorn of before."""
    path = tmp_path / "python"
    path.write_text(OLD.format(python=sys.executable))
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize(
    ("version", "is_too_old"),
    [("26.2.0", True), ("26.2.1", False), ("27.0.0rc1", False), ("9.0", True), ("26.10", False), (None, False)],
)
def test_versions_are_compared_by_number(version, is_too_old) -> None:
    assert SERVERS.get("gunicorn-uwsgi").is_too_old(version) == is_too_old


def test_a_nought_at_the_end_makes_no_other_version() -> None:
    first = replace(SERVERS.get("gunicorn-asgi"), at_least="24.0")
    assert not first.is_too_old("24")
    assert first.is_too_old("23.9")


def test_a_plan_is_refused_with_what_it_takes(python) -> None:
    """In a sentence with both versions, and the command."""
    app = App(target="hello:app", directory="/", python=python)
    with pytest.raises(MissingError) as refused:
        require_parts(a_plan(["nginx+gunicorn-uwsgi"], app=app), {"": app})
    assert refused.value.message == (
        f"The server 'gunicorn-uwsgi' needs gunicorn 26.2.1 or later, and {python} has 26.2.0."
    )
    assert refused.value.hint == f"{python} -m pip install 'gunicorn>=26.2.1'"
    require_parts(a_plan(["gunicorn", "gunicorn-asgi"], app=app), {"": app})


def test_list_and_doctor_know_it(python) -> None:
    """It counts as missing there, and says what is there."""
    parts = {part.name: part for part in look_at_parts(python) if part.topic == "server"}
    assert (parts["gunicorn"].state, parts["gunicorn"].value) == ("good", "gunicorn 26.2.0")
    assert parts["gunicorn-uwsgi"].state == "missing"
    assert parts["gunicorn-uwsgi"].value == "gunicorn 26.2.0, before 26.2.1"
    assert parts["gunicorn-uwsgi"].requirements == ("gunicorn>=26.2.1",)
