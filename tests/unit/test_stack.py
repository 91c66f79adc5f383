"""Names of stacks."""

import pytest

from wsgibench.bench.requirements import check_stack
from wsgibench.errors import UsageError
from wsgibench.model.app import App
from wsgibench.model.stack import ARTICLE_STACKS, parse_stack


@pytest.mark.parametrize("name", [*ARTICLE_STACKS, "nginx+uwsgi:w60", "nginx+gunicorn-gthread:w2:t4:unix"])
def test_a_label_names_its_stack_again(name: str) -> None:
    assert parse_stack(name).label == name


def test_suffixes_set_what_they_say() -> None:
    stack = parse_stack("nginx+uwsgi:w60:t4:unix", workers=6)
    assert (stack.proxy, stack.server, stack.workers, stack.threads, stack.bind) == ("nginx", "uwsgi", 60, 4, "unix")


@pytest.mark.parametrize(
    ("name", "bind", "http", "uwsgi"),
    [
        ("nginx+uwsgi-http", "unix", "unix", "unix"),
        ("nginx+uwsgi-http", "tcp-http", "tcp", "unix"),
        ("nginx+uwsgi-http:tcp", "unix", "tcp", "tcp"),
        ("nginx+uwsgi-http:unix", "tcp-http", "unix", "unix"),
    ],
)
def test_a_suffix_is_for_all_hops_of_its_stack(name: str, bind: str, http: str, uwsgi: str) -> None:
    """Whatever they speak, and whatever goes for stacks without one."""
    stack = parse_stack(name, bind=bind)
    assert (stack.goes_by("http"), stack.goes_by("uwsgi")) == (http, uwsgi)


@pytest.mark.parametrize("name", ["gunicorn:tcp", "uwsgi-http:unix", "nginx+waitress:unix", "nginx+granian:tcp"])
def test_suffixes_that_change_nothing_are_no_mistake(name: str) -> None:
    check_stack(parse_stack(name))


def test_clients_do_not_reach_a_unix_socket() -> None:
    """A stack without hops has nothing that ``:unix`` could be about."""
    with pytest.raises(UsageError, match="where clients do not reach it"):
        check_stack(parse_stack("gunicorn:unix"))


def test_without_suffix_the_options_count() -> None:
    stack = parse_stack("gunicorn", workers=6, threads=3)
    assert (stack.proxy, stack.workers, stack.threads) == ("direct", 6, 3)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "+",
        "nginx+",
        "+gunicorn",
        "a+b+c",
        "gunicorn:",
        "gunicorn:x9",
        "Gunicorn",
        "../x",
        "gunicorn:w0",
        "gunicorn:w2:w3",
        "gunicorn:unix:tcp",
    ],
)
def test_what_names_no_stack_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_stack(text)


@pytest.mark.parametrize("target", ["", "app", "mod:", ":app", "mod:app(1)", "mod app", "mod:app;x"])
def test_what_names_no_app_is_refused(target: str) -> None:
    with pytest.raises(UsageError):
        App(target=target, directory=".")


def test_a_factory_is_told_apart() -> None:
    app = App(target="shop.app:create_app()", directory=".")
    assert (app.module, app.attribute, app.is_factory) == ("shop.app", "create_app", True)
