"""The stacks that the user asked for, each with every variant of the app."""

from collections.abc import Sequence

import msgspec

from wsgibench.bench.apps import SAMPLE
from wsgibench.bench.run_options import RunOptions
from wsgibench.deploy.hops import refuse_danger
from wsgibench.deploy.interfaces import with_interface
from wsgibench.deploy.requirements import called_by, check_stack, is_there, refuse_idle_threads, require_installed
from wsgibench.errors import UsageError
from wsgibench.model.app import App
from wsgibench.model.stack import ARTICLE_STACKS, Stack, parse_stack

DEFAULT_STACKS = {
    "wsgi": ("gunicorn", "gunicorn-gthread", "granian", "waitress", "nginx+uwsgi"),
    "asgi": ("uvicorn", "gunicorn-uvicorn", "granian-asgi", "hypercorn"),
}
"""What an app of the user's is served by where no stack is named, by its interface: of those what is installed."""
_OF_BOTH = 3
"""How many of each list serve an app that has both forms."""


def app_of(run_options: RunOptions) -> App:
    """The app, with its interface where it can be found out."""
    servers = {parse_stack(name).server for name in _named(run_options.stacks)}
    return with_interface(run_options.app, servers, timeout_s=run_options.start_timeout_s)


def _named(stacks: Sequence[str]) -> list[str]:
    return [name for text in stacks for name in (ARTICLE_STACKS if text == "article" else (text,))]


def _default_stacks(run_options: RunOptions) -> Sequence[str]:
    """Those of the article for its app and its profile; else a few that are installed and can serve the app.

    Raises:
        MissingError: none is.
    """
    app = run_options.app
    if app.target == SAMPLE or (run_options.profile == "article" and app.interface != "asgi"):
        return ARTICLE_STACKS
    pythons = tuple(_pythons(run_options))
    lists = [DEFAULT_STACKS["asgi" if app.interface == "asgi" else "wsgi"]]
    if app.asgi_target:
        lists.append(DEFAULT_STACKS["asgi"])
    there = [[name for name in names if all(is_there(parse_stack(name), each) for each in pythons)] for names in lists]
    if not any(there):
        # The first of them is missing somewhere, or it would be there.
        require_installed((parse_stack(lists[0][0]), each) for each in pythons)
    return [name for names in there for name in (names[:_OF_BOTH] if len(lists) > 1 else names)]


def _pythons(run_options: RunOptions) -> dict[str, None]:
    """Interpreters that are to serve, each once."""
    app = run_options.app
    return dict.fromkeys(variant.python or app.python for variant in run_options.variants) or {app.python: None}


def stacks_of(run_options: RunOptions, workers: Sequence[int], bind: str) -> tuple[Stack, ...]:
    """Every stack with each number of workers and each variant; told apart by what there are several of."""
    names = _named(run_options.stacks) or _default_stacks(run_options)
    counts = dict.fromkeys(workers)
    if len(counts) > 1 and all(":w" in name for name in names):
        raise UsageError("Every stack says how many workers it has, so --workers changes nothing.", "Leave one out.")
    stacks = [
        parse_stack(name, workers=count, threads=run_options.threads, bind=bind)
        for index, count in enumerate(counts)
        for name in (_with_workers(name, count) if len(counts) > 1 else name for name in names)
        # What says its number itself is there once.
        if index == 0 or name.endswith(f":w{count}")
    ]
    if len({stack.label for stack in stacks}) < len(stacks):
        raise UsageError("A stack is named twice.", "Name each once; tell them apart by suffix, as in gunicorn:w6.")
    for stack in stacks:
        check_stack(stack)
        refuse_idle_threads(stack)
        refuse_danger(stack)
        called_by(stack, run_options.app)
    require_installed((stack, python) for stack in stacks for python in _pythons(run_options))
    if len(run_options.variants) < 2:
        return tuple(stacks)
    return tuple(
        msgspec.structs.replace(stack, variant=variant.name) for stack in stacks for variant in run_options.variants
    )


def _with_workers(name: str, count: int) -> str:
    return name if ":w" in name else f"{name}:w{count}"
