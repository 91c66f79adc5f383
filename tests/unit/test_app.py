"""What names an app, and what does not."""

import pytest

from wsgibench.errors import UsageError
from wsgibench.model.app import App


def app(target: str) -> App:
    return App(target=target, directory=".")


@pytest.mark.parametrize(
    ("target", "module", "attribute", "call", "is_plain"),
    [
        ("mysite.wsgi:application", "mysite.wsgi", "application", "", True),
        ("shop.app:create_app()", "shop.app", "create_app", "()", True),
        ("shop:site.app", "shop", "site.app", "", False),
        ("run-shop:app", "run-shop", "app", "", False),
        ("2024.shop:app", "2024.shop", "app", "", False),
        ('shop:create_app("prod:1",debug = True)', "shop", "create_app", "('prod:1', debug=True)", False),
        ("shop:make.it([1, {2: None}])", "shop", "make.it", "([1, {2: None}])", False),
    ],
)
def test_a_target_has_its_parts(target: str, module: str, attribute: str, call: str, is_plain: bool) -> None:  # noqa: FBT001
    """Arguments are written anew by Python, so that no text of a user's becomes code."""
    found = app(target)
    assert (found.module, found.attribute, found.call, found.is_plain) == (module, attribute, call, is_plain)
    assert found.is_factory == bool(call)


@pytest.mark.parametrize(
    "target",
    ["", "app", "mod:", ":app", "-m:app", "mod..x:app", "mod:1", "mod app", "mod:app;x", "mod:app(1", "mod:a(\x1b)"],
)
def test_what_names_no_app_is_refused(target: str) -> None:
    with pytest.raises(UsageError, match="does not name an app"):
        app(target)


@pytest.mark.parametrize(
    "call", ["(settings)", "(__import__('os'))", "(1)(2)", "(1) + f(2)", "(**{'a': 1})", "(*[1])", "(x for x in ())"]
)
def test_a_factory_is_called_with_literals_alone(call: str) -> None:
    with pytest.raises(UsageError, match="called with what is no literal"):
        app(f"shop:create_app{call}")


def test_a_target_of_any_length_is_refused_in_time() -> None:
    """Brackets that would be too deep for Python's own parser are not parsed."""
    with pytest.raises(UsageError):
        app("shop:f(" + "[" * 100_000 + "]" * 100_000 + ")")
    with pytest.raises(UsageError):
        app("shop:f(" + "[" * 240 + "]" * 240 + ")x")
