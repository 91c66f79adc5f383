"""How an app is to be called is told by its signature."""

import os
import sys
from pathlib import Path

import pytest

from wsgibench.contract import serving
from wsgibench.model.app import App
from wsgibench.processes.interface import interface_of

APPS = Path(__file__).parent.parent / "apps"
FORMS = """\
import functools

async def app(scope, receive, send): ...
def wsgi(environ, start_response): ...
def makes(): return wsgi
def makes_asgi(stage="prod"): return app

class Asgi:
    async def __call__(self, scope, receive, send): ...

class Wsgi:
    def __call__(self, environ, start_response): ...

class Iterates:
    def __init__(self, environ, start_response): ...

class Any:
    def __call__(self, *arguments): ...

class AnyAsync:
    async def __call__(self, *arguments): ...

def decorated(function):
    @functools.wraps(function)
    def inner(*arguments): return function(*arguments)
    return inner

asgi_object, wsgi_object, any_object, any_async = Asgi(), Wsgi(), Any(), AnyAsync()
partial = functools.partial(lambda site, scope, receive, send: app(scope, receive, send), "site")
wrapped, wrapped_wsgi = decorated(app), decorated(wsgi)
number = 5
async def of_two(environ, start_response): ...
"""


@pytest.mark.parametrize(
    ("target", "interface"),
    [
        *((name, "asgi") for name in ("app", "makes_asgi()", "asgi_object", "any_async", "partial", "wrapped")),
        *((name, "wsgi") for name in ("wsgi", "makes()", "wsgi_object", "any_object", "Iterates", "wrapped_wsgi")),
        *((name, "") for name in ("makes_asgi", "number", "of_two", "absent", "Asgi")),
    ],
)
def test_the_signature_tells(target: str, interface: str, tmp_path: Path) -> None:
    """Of functions, objects, classes, and what a factory or a decorator makes; what tells nothing is left open."""
    (tmp_path / "forms.py").write_text(FORMS)
    app = App(target=f"forms:{target}", directory=str(tmp_path), interface="", python=sys.executable)
    assert interface_of(app, timeout_s=20, inherited=os.environ) == interface


@pytest.mark.parametrize(
    ("target", "interface"),
    [
        ("djangosite.wsgi:application", "wsgi"),
        ("djangosite.asgi:application", "asgi"),
        ("flaskfactory:create_app()", "wsgi"),
    ],
)
def test_apps_of_frameworks_are_told(target: str, interface: str) -> None:
    """As they are."""
    env = (("GREETER", "tests"),)
    app = App(target=target, directory=str(APPS), interface="", python=sys.executable, env=env)
    assert interface_of(app, timeout_s=20, inherited=os.environ) == interface


def test_of_an_app_that_cannot_be_loaded_nothing_is_known() -> None:
    app = App(target="raises_at_import:app", directory=str(serving.APPS), interface="", python=sys.executable)
    assert interface_of(app, timeout_s=20, inherited=os.environ) == ""
