"""``wsgibench capacity [STACK ...]``."""

from typing import Any

import click

from wsgibench.cli.concealing import conceals
from wsgibench.cli.options import APP, CORES, REQUESTS, RUNNING, VARIANTS, takes
from wsgibench.cli.run import measure_stacks


@click.command(name="capacity")
@click.argument("stacks", nargs=-1, metavar="[STACK ...]")
@takes(
    "limit",
    "for",
    *APP,
    *VARIANTS,
    "store",
    "workers",
    "threads",
    "hold",
    "connections_max",
    "blocks",
    "budget",
    "margin",
    "claims",
    "assert",
    "seed",
    *REQUESTS,
    "engine_processes",
    *CORES,
    *RUNNING,
    "json",
    several=("workers",),
    budget="10m",
)
@conceals
def command(stacks: tuple[str, ...], **options: Any) -> None:  # noqa: ANN401  # the table says what each is
    """How much will it bear? The most requests/s at which limits are kept.

    Each stack is measured at rates from light load to just above what it bears, in random order, again and again; where
    its curve breaks the first of the limits, there is its capacity, with an interval. 99 % of the requests within
    100 ms and 0.1 % of failures, unless --limit says otherwise. The curves are on the page, where the limit can be
    moved.

    \b
    wsgibench capacity
    wsgibench capacity gunicorn nginx+uwsgi --limit 'p99 < 50ms' --limit 'errors < 0.1%'
    wsgibench capacity gunicorn --workers 1 --workers 2 --workers 4 --for 2000/s
    """  # noqa: D301  # click wants a backspace before lines that it must not fill
    measure_stacks(stacks, options | {"objective": ("capacity",)})
