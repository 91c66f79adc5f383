"""An app of another kind is told by what Python says when a server calls it."""

import gc
import sys
import traceback
import warnings
from pathlib import Path
from types import SimpleNamespace

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "apps"))

import asgi

from wsgibench.deploy.app_kind import other_kind
from wsgibench.model.app import App


def said_of(called) -> str:
    """What a WSGI server's log has of a call: it iterates over what the app returns."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            list(called({}, lambda *_: None))
        except Exception:  # noqa: BLE001  # whatever it is
            said = traceback.format_exc()
        gc.collect()
        return said + "".join(f"{each.category.__name__}: {each.message}\n" for each in caught)


def kind(attribute: str, called, module: str = "shop"):
    return other_kind(App(target=f"{module}:{attribute}", directory="."), "a line before\n" + said_of(called))


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
