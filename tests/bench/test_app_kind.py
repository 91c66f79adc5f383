"""An app of another kind is told by what Python says when a server calls it."""

import asyncio
import gc
import sys
import traceback
import warnings
from pathlib import Path
from types import SimpleNamespace

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "apps"))

import asgi
import asgi_faulty
import hello

from wsgibench.deploy.app_kind import other_kind
from wsgibench.model.app import App


def wsgi(called) -> None:
    """A WSGI server's call: it iterates over what the app returns."""
    list(called({}, lambda *_: None))


def of_asgi(called) -> None:
    """An ASGI server's call: it awaits what the app returns."""

    async def wait() -> None:
        await called({"type": "http"}, None, None)

    asyncio.run(wait())


def said_of(called, call) -> str:
    """What a server's log has of a call."""
    said = ""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            call(called)
        except Exception:  # noqa: BLE001  # whatever it is
            said = traceback.format_exc()
        gc.collect()
        return said + "".join(f"{each.category.__name__}: {each.message}\n" for each in caught)


def kind(attribute: str, called, module: str = "shop", interface: str = "wsgi"):
    app = App(target=f"{module}:{attribute}", directory=".", interface=interface)
    call = of_asgi if interface == "asgi" else wsgi
    return other_kind(app, "a line before\n" + said_of(called, call))


def create_app():
    return SimpleNamespace(is_an="app")


def create_with_options(config=None, *, debug=False):
    return SimpleNamespace(config=config, debug=debug)


def create_for(stage):
    return SimpleNamespace(stage=stage)


def make_any(config=None, extra=None):
    return SimpleNamespace(config=config, extra=extra)


@pytest.mark.parametrize(("attribute", "called"), [("app", asgi.app), ("plain", asgi.plain), ("of_two", asgi.of_two)])
def test_an_asgi_app_is_told(attribute: str, called) -> None:
    found = kind(attribute, called)
    assert found.message == f"'shop:{attribute}' is an ASGI app, which no WSGI server can serve."
    assert "uvicorn" in found.hint


def test_of_a_django_project_the_other_module_is_named() -> None:
    hint = kind("application", asgi.app, "mysite.asgi").hint
    assert hint.endswith("Or did you mean 'mysite.wsgi:application'?")


@pytest.mark.parametrize(
    "made", [create_app, create_with_options, create_for, make_any], ids=lambda made: made.__name__
)
def test_a_factory_without_parentheses_is_told(made) -> None:
    """Be it that it takes no two arguments, or that what it makes is no response."""
    found = kind(made.__name__, made)
    assert "is no WSGI app" in found.message
    assert f"--app 'shop:{made.__name__}()'" in found.hint


def make_anything(scope=None, receive=None, send=None):
    return SimpleNamespace(asked=(scope, receive, send))


@pytest.mark.parametrize("made", [create_app, create_with_options, create_for, make_anything, hello.app])
def test_what_is_called_by_asgi_and_is_no_such_app_is_told(made) -> None:
    """A factory without parentheses, or an app of WSGI; and how either is served."""
    found = kind(made.__name__, made, interface="asgi")
    assert found.message == f"'shop:{made.__name__}' is no ASGI app: it does not take what a server calls one with."
    assert f"--app 'shop:{made.__name__}()'" in found.hint
    assert "--interface wsgi" in found.hint


@pytest.mark.parametrize("attribute", ["forgets", "leaves_out"])
def test_the_faults_of_an_asgi_app_are_none_of_another_kind(attribute: str) -> None:
    """A middleware that does not await the app, or does not hand on what it takes, is one of an ASGI app."""
    assert kind(attribute, getattr(asgi_faulty, attribute), interface="asgi") is None


def fails_itself(_environ, _start_response):
    create_for()


def answers_nothing(_environ, _start_response):
    return None


def answers_a_number(_environ, _start_response):
    return 5


@pytest.mark.parametrize(
    "called", [fails_itself, answers_nothing, answers_a_number], ids=lambda called: called.__name__
)
def test_an_app_that_fails_is_none_of_another_kind(called) -> None:
    """Mistakes of its own are for its log to tell."""
    assert kind(called.__name__, called) is None


def test_nothing_said_tells_nothing() -> None:
    assert other_kind(App(target="shop:create_app()", directory="."), "") is None
