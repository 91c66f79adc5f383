"""The stacks that the user asked for, each with every variant of the app."""

from collections.abc import Sequence

import msgspec

from wsgibench.bench.apps import SAMPLE
from wsgibench.bench.hops import refuse_danger
from wsgibench.bench.interfaces import with_interface
from wsgibench.bench.requirements import called_by, check_stack, is_there, refuse_idle_threads, require_installed
from wsgibench.bench.wishes import Wishes
from wsgibench.errors import UsageError
from wsgibench.model.app import App
from wsgibench.model.stack import ARTICLE_STACKS, Stack, parse_stack
from wsgibench.model.variant import Variant

DEFAULT_STACKS = {
    "wsgi": ("gunicorn", "gunicorn-gthread", "granian", "waitress", "nginx+uwsgi"),
    "asgi": ("uvicorn", "gunicorn-uvicorn", "granian-asgi", "hypercorn"),
}
"""What an app of the user's is served by where no stack is named, by its interface: of those what is installed."""


def app_of(wishes: Wishes) -> App:
    """The app, with its interface where it can be found out."""
    servers = {parse_stack(name).server for name in _named(wishes.stacks)}
    return with_interface(wishes.app, servers, timeout_s=wishes.start_timeout_s)


def _named(stacks: Sequence[str]) -> list[str]:
    return [name for text in stacks for name in (ARTICLE_STACKS if text == "article" else (text,))]


def _default_stacks(wishes: Wishes) -> Sequence[str]:
    """Those of the article for its app and its profile; else a few that are installed and can serve the app.

    Raises:
        MissingError: none is.
    """
    app = wishes.app
    if app.target == SAMPLE or (wishes.profile == "article" and app.interface != "asgi"):
        return ARTICLE_STACKS
    interface = app.interface or "wsgi"
    pythons = {variant.python or app.python for variant in wishes.variants} or {app.python}
    found = [name for name in DEFAULT_STACKS[interface] if all(is_there(parse_stack(name), each) for each in pythons)]
    if not found:
        require_installed(parse_stack(DEFAULT_STACKS[interface][0]), min(pythons))
    return found


def stacks_of(wishes: Wishes, workers: Sequence[int], bind: str) -> tuple[Stack, ...]:
    """Every stack with each number of workers and each variant; told apart by what there are several of."""
    names = _named(wishes.stacks) or _default_stacks(wishes)
    counts = dict.fromkeys(workers)
    if len(counts) > 1 and all(":w" in name for name in names):
        raise UsageError("Every stack says how many workers it has, so --workers changes nothing.", "Leave one out.")
    stacks = [
        parse_stack(name, workers=count, threads=wishes.threads, bind=bind)
        for place, count in enumerate(counts)
        for name in (_with_workers(name, count) if len(counts) > 1 else name for name in names)
        # What says its number itself is there once.
        if place == 0 or name.endswith(f":w{count}")
    ]
    if len({stack.label for stack in stacks}) < len(stacks):
        raise UsageError("A stack is named twice.", "Name each once; tell them apart by suffix, as in gunicorn:w6.")
    for stack in stacks:
        check_stack(stack)
        refuse_idle_threads(stack)
        refuse_danger(stack)
        called_by(stack, wishes.app)
        for variant in wishes.variants or (Variant(name="app"),):
            require_installed(stack, variant.python or wishes.app.python)
    if len(wishes.variants) < 2:
        return tuple(stacks)
    return tuple(
        msgspec.structs.replace(stack, variant=variant.name) for stack in stacks for variant in wishes.variants
    )


def _with_workers(name: str, count: int) -> str:
    return name if ":w" in name else f"{name}:w{count}"
