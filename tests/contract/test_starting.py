"""Servers start on a project as its author would start them, whatever its files are called."""

from pathlib import Path

import pytest

from wsgibench.contract.choice import each
from wsgibench.contract.serving import write
from wsgibench.contract.started import fresh_address, started, wait_until_answers
from wsgibench.model.app import App
from wsgibench.model.server import Launch
from wsgibench.servers import SERVERS

HTTP = [name for name in SERVERS.names() if SERVERS.get(name).protocol == "http"]
SHADOWS = ("gunicorn", "waitress", "granian", "werkzeug", "pyuwsgi", "uvicorn", "hypercorn", "daphne", "calendar")
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


ASGI_ANSWERING = """\
def answering(body):
    async def app(scope, receive, send):
        if scope["type"] != "http":
            raise NotImplementedError(scope["type"])
        headers = [(b"content-type", b"text/plain"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})
    return app
"""


def text_for(name: str) -> str:
    """The module, with apps as the server calls them."""
    if SERVERS.get(name).interface == "wsgi":
        return APP
    before, rest = APP.split("def answering")
    return f"{before}{ASGI_ANSWERING}\ndef create_app{rest.split('def create_app')[1]}"


def app_of(name: str, target: str, directory: Path) -> App:
    return App(target=target, directory=str(directory), interface=SERVERS.get(name).interface)


def served(name: str, app: App, private: Path, *, workers: int) -> bytes:
    """The body of the app's first answer under that server, whose own files are in ``private``."""
    adapter = SERVERS.get(name)
    address = fresh_address("tcp", private)
    launch = Launch(app=app, address=address, directory=str(private), workers=workers, threads=1)
    write(adapter.files(launch))
    env, log = adapter.env(launch), private / "log"
    with started(adapter.argv(launch), directory=Path(app.directory), log=log, env=env) as process:
        return wait_until_answers(process, address, within_s=20).body


@pytest.mark.parametrize("target", ["run-shop:create_app('100% \"sure\"', debug=True)", "run-shop:shop.app"])
@pytest.mark.parametrize("name", each(HTTP))
def test_a_project_is_served_whatever_its_modules_are_called(name: str, target: str, tmp_path: Path) -> None:
    """A module with a hyphen, a factory with arguments, beside modules that are called as the server's or Python's."""
    project, private = tmp_path / "project", tmp_path / "private"
    project.mkdir()
    private.mkdir()
    (project / "run-shop.py").write_text(text_for(name))
    # Of the app's own, so that granian takes the directory for a package.
    (project / "__init__.py").touch()
    for shadow in SHADOWS:
        (project / f"{shadow}.py").write_text(f"raise SystemExit('{shadow} of the project was imported')\n")
    body = served(name, app_of(name, target, project), private, workers=2)
    assert body == (b'100% "sure", True' if "create" in target else b"a shop")


@pytest.mark.parametrize("name", each(HTTP))
def test_a_module_of_the_apps_is_preferred_to_a_package_of_its_name(name: str, tmp_path: Path) -> None:
    """Its directory is the first of the import path, also under waitress, which by itself puts it last."""
    (tmp_path / "blinker.py").write_text(text_for(name))
    app = app_of(name, "blinker:create_app('mine')", tmp_path)
    assert served(name, app, tmp_path, workers=1) == b"mine, False"
