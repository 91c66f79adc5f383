"""The stacks that the user asked for, each with every variant of the app."""

from collections.abc import Sequence

import msgspec

from wsgibench.bench.hops import refuse_danger
from wsgibench.bench.requirements import check_stack, refuse_idle_threads, require_installed
from wsgibench.bench.wishes import Wishes
from wsgibench.errors import UsageError
from wsgibench.model.stack import ARTICLE_STACKS, Stack, parse_stack
from wsgibench.model.variant import Variant


def stacks_of(wishes: Wishes, workers: Sequence[int], bind: str) -> tuple[Stack, ...]:
    """Every stack with each number of workers and each variant; told apart by what there are several of."""
    names = [
        name for text in wishes.stacks or ("article",) for name in (ARTICLE_STACKS if text == "article" else (text,))
    ]
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
        for variant in wishes.variants or (Variant(name="app"),):
            require_installed(stack, variant.python or wishes.app.python)
    if len(wishes.variants) < 2:
        return tuple(stacks)
    return tuple(
        msgspec.structs.replace(stack, variant=variant.name) for stack in stacks for variant in wishes.variants
    )


def _with_workers(name: str, count: int) -> str:
    return name if ":w" in name else f"{name}:w{count}"
