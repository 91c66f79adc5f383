"""Which form of an app each server gets, and what it is served by where nobody says."""

import sys
from pathlib import Path

import pytest

from wsgibench.bench.apps import app_under_test
from wsgibench.bench.asked_stacks import DEFAULT_STACKS
from wsgibench.bench.planning import plan_of
from wsgibench.bench.run_options import RunOptions
from wsgibench.deploy.requirements import called_by
from wsgibench.errors import MissingError, UsageError
from wsgibench.model.app import App
from wsgibench.model.stack import ARTICLE_STACKS, parse_stack
from wsgibench.model.variant import Variant
from wsgibench.servers import SERVERS

APPS = Path(__file__).parent.parent / "apps"


def app(target: str | None = None, **more: str) -> App:
    return app_under_test(target, directory=str(APPS), python=sys.executable, **more)


def stacks_of(under_test: App, *stacks: str, variants: tuple[Variant, ...] = ()) -> list[str]:
    plan = plan_of(RunOptions(app=under_test, stacks=stacks, variants=variants))
    return list(dict.fromkeys(stack.label.partition("@")[0] for stack in plan.stacks))


def python_without(directory: Path, *distributions: str) -> str:
    """An interpreter whose environment lacks these."""
    path = directory / f"python-without-{'-'.join(distributions)}"
    less = "".join(f' -e \'s/"{name}": "[^"]*"/"{name}": null/\'' for name in distributions)
    path.write_text(f'#!/bin/sh\n{sys.executable} "$@" | sed{less}\n')
    path.chmod(0o755)
    return str(path)


def test_an_app_of_both_forms_is_served_by_all() -> None:
    """Each server gets the form that it calls; so does the quote server."""
    both = app("mysite.wsgi:application", asgi_target="mysite.asgi:application")
    assert called_by(parse_stack("gunicorn"), both).target == "mysite.wsgi:application"
    assert called_by(parse_stack("uvicorn"), both).target == "mysite.asgi:application"
    assert called_by(parse_stack("uvicorn"), app()).target == "quoteserver.asgi:app"
    assert stacks_of(app(), "gunicorn", "uvicorn") == ["gunicorn", "uvicorn"]


def test_the_form_that_is_served_is_said() -> None:
    """Of both where stacks of both kinds are in the run."""

    def said(*stacks: str) -> str:
        return plan_of(RunOptions(app=app(), stacks=stacks)).app.words

    assert said("gunicorn", "granian") == "quoteserver.wsgi:app"
    assert said("uvicorn", "nginx+hypercorn") == "quoteserver.asgi:app (ASGI)"
    assert said("gunicorn", "uvicorn") == "quoteserver.wsgi:app and quoteserver.asgi:app (ASGI)"


def test_a_stack_that_cannot_serve_an_app_is_refused_with_those_that_can() -> None:
    with pytest.raises(UsageError, match="'gunicorn' serves WSGI apps, and 'asgi_hello:app' is an ASGI app") as caught:
        stacks_of(app("asgi_hello:app"), "uvicorn", "gunicorn")
    assert caught.value.hint.startswith("These serve ASGI apps: ")
    assert "hypercorn" in caught.value.hint
    assert " waitress" not in caught.value.hint
    with pytest.raises(UsageError, match="'hypercorn' serves ASGI apps, and 'hello:app' is a WSGI app"):
        stacks_of(app("hello:app"), "hypercorn")


def test_what_the_user_says_counts_more_than_the_signature() -> None:
    """Also of an app that cannot be looked at."""
    assert stacks_of(app("nowhere:app", interface="asgi"), "uvicorn") == ["uvicorn"]
    with pytest.raises(UsageError, match="'nowhere:app' is a WSGI app"):
        stacks_of(app("nowhere:app", interface="wsgi"), "uvicorn")


def test_without_stacks_an_own_app_is_served_by_those_that_fit_it() -> None:
    """A few of its interface that are installed; the quote server by the article's."""
    assert stacks_of(app()) == list(ARTICLE_STACKS)
    for target, interface in (("hello:app", "wsgi"), ("asgi_hello:app", "asgi")):
        found = stacks_of(app(target))
        assert tuple(found) == DEFAULT_STACKS[interface]
        assert {SERVERS.get(parse_stack(name).server).interface for name in found} == {interface}
    assert stacks_of(app("hello:app"), "article") == list(ARTICLE_STACKS)


def test_without_stacks_an_app_of_both_forms_is_served_in_both() -> None:
    """A few of each kind: nobody gives a form that is not to be measured."""
    both = stacks_of(app("mysite.wsgi:application", asgi_target="mysite.asgi:application"))
    assert both == ["gunicorn", "gunicorn-gthread", "granian", "uvicorn", "gunicorn-uvicorn", "granian-asgi"]


def test_without_stacks_what_all_interpreters_have_serves(tmp_path: Path) -> None:
    """Of several variants; what one of them lacks is left out."""
    less = Variant(name="less", python=python_without(tmp_path, "gunicorn", "granian"))
    assert stacks_of(app("hello:app"), variants=(Variant(name="all"), less)) == ["waitress", "nginx+uwsgi"]
    both = app("mysite.wsgi:application", asgi_target="mysite.asgi:application")
    assert stacks_of(both, variants=(less,)) == ["waitress", "nginx+uwsgi", "uvicorn", "hypercorn"]


def test_without_stacks_and_nothing_that_all_interpreters_have_it_is_said_what_one_lacks(tmp_path: Path) -> None:
    """Whichever of them it is, and though another has that, but nothing else."""
    one = Variant(name="one", python=python_without(tmp_path, "granian", "waitress", "pyuwsgi"))
    other = Variant(name="other", python=python_without(tmp_path, "gunicorn"))
    for variants in ((one, other), (other, one)):
        with pytest.raises(MissingError, match="'gunicorn' is not installed for") as caught:
            stacks_of(app("hello:app"), variants=variants)
        assert "python-without-gunicorn" in caught.value.hint
