"""Servers start on a project as its author would start them, whatever its files are called."""

from pathlib import Path

import pytest

from support.serving import write
from support.started import fresh_address, started, until_answered
from wsgibench.model.app import App
from wsgibench.model.server import Launch
from wsgibench.servers import SERVERS

HTTP = [name for name in SERVERS.names() if SERVERS.get(name).protocol == "http"]
SHADOWS = ("gunicorn", "waitress", "granian", "werkzeug", "pyuwsgi", "calendar")
APP = """\
from types import SimpleNamespace

def answering(body):
    def app(_environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
        return [body]
    return app

def create_app(stage, *, debug=False):
    return answering(f"{stage}, {debug}".encode())

shop = SimpleNamespace(app=answering(b"a shop"))
"""


@pytest.mark.parametrize("target", ["run-shop:create_app('100% \"sure\"', debug=True)", "run-shop:shop.app"])
@pytest.mark.parametrize("name", HTTP)
def test_a_project_is_served_whatever_its_modules_are_called(name: str, target: str, tmp_path: Path) -> None:
    """A module with a hyphen, a factory with arguments, beside modules that are called as the server's or Python's."""
    project, private = tmp_path / "project", tmp_path / "private"
    project.mkdir()
    private.mkdir()
    (project / "run-shop.py").write_text(APP)
    # Of the app's own, so that granian takes the directory for a package.
    (project / "__init__.py").touch()
    for shadow in SHADOWS:
        (project / f"{shadow}.py").write_text(f"raise SystemExit('{shadow} of the project was imported')\n")
    adapter = SERVERS.get(name)
    launch = Launch(
        app=App(target=target, directory=str(project)),
        address=fresh_address("tcp", private),
        directory=str(private),
        workers=2,
        threads=1,
    )
    write(adapter.files(launch))
    with started(adapter.argv(launch), directory=project, log=private / "log", env=adapter.env(launch)) as process:
        body = until_answered(process, launch.address, within_s=20).body
    assert body == (b'100% "sure", True' if "create" in target else b"a shop")


@pytest.mark.parametrize("name", HTTP)
def test_a_module_of_the_apps_is_preferred_to_a_package_of_its_name(name: str, tmp_path: Path) -> None:
    """Its directory is the first of the import path, also under waitress, which by itself puts it last."""
    (tmp_path / "blinker.py").write_text(APP)
    adapter = SERVERS.get(name)
    launch = Launch(
        app=App(target="blinker:create_app('mine')", directory=str(tmp_path)),
        address=fresh_address("tcp", tmp_path),
        directory=str(tmp_path),
        workers=1,
        threads=1,
    )
    write(adapter.files(launch))
    with started(adapter.argv(launch), directory=tmp_path, log=tmp_path / "log", env=adapter.env(launch)) as process:
        assert until_answered(process, launch.address, within_s=20).body == b"mine, False"
