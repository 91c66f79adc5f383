"""Names of stacks."""

import pytest

from wsgibench.deploy.requirements import check_stack, refuse_idle_threads
from wsgibench.errors import UsageError
from wsgibench.model.stack import ARTICLE_STACKS, parse_candidate, parse_stack


@pytest.mark.parametrize("name", [*ARTICLE_STACKS, "nginx+uwsgi:w60", "nginx+gunicorn-gthread:w2:t4:unix"])
def test_a_label_names_its_stack_again(name: str) -> None:
    assert parse_stack(name).label == name


@pytest.mark.parametrize("label", ["gunicorn@new", "nginx+uwsgi:w60:t4@3.13", "granian"])
def test_a_label_names_its_candidate_again(label: str) -> None:
    """A stack with its variant."""
    stack = parse_candidate(label)
    assert stack.label == label
    assert stack.variant == label.partition("@")[2]


@pytest.mark.parametrize("text", ["gunicorn@", "@new", "gunicorn@new@old@"])
def test_what_is_no_label_is_no_candidate(text: str) -> None:
    with pytest.raises(UsageError, match=r"does not name a stack|cannot name a variant"):
        parse_candidate(text)


def test_a_stack_of_the_command_line_has_no_variant() -> None:
    """Every stack goes with every variant of the run."""
    with pytest.raises(UsageError, match="does not name a stack"):
        parse_stack("gunicorn@new")


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


def test_a_proxy_passes_on_by_what_it_speaks() -> None:
    """And by the sockets that it knows; what can be written instead is said."""
    with pytest.raises(UsageError, match="'caddy' does not speak uwsgi"):
        check_stack(parse_stack("caddy+uwsgi"))
    with pytest.raises(UsageError, match="'traefik' cannot reach a server by a unix socket") as refused:
        check_stack(parse_stack("traefik+gunicorn"))
    assert refused.value.hint == "Give the stack the suffix :tcp."
    for name in ("caddy+gunicorn", "traefik+gunicorn:tcp"):
        check_stack(parse_stack(name))


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


@pytest.mark.parametrize("name", ["gunicorn:t4", "nginx+gunicorn:w2:t4", "werkzeug:t4"])
def test_a_name_tells_of_no_threads_that_there_are_none_of(name: str) -> None:
    """A table must not say ``t4`` of what has one; ``--threads 4`` is for those of several stacks that have any."""
    with pytest.raises(UsageError, match="has no 4 threads") as refused:
        refuse_idle_threads(parse_stack(name))
    assert "gunicorn-gthread:t4" in refused.value.hint


@pytest.mark.parametrize("name", ["gunicorn:t1", "gunicorn-gthread:t4", "waitress:t4", "nginx+uwsgi:w2:t4"])
def test_threads_that_run_may_be_named(name: str) -> None:
    refuse_idle_threads(parse_stack(name))
    refuse_idle_threads(parse_stack("gunicorn", threads=4))
