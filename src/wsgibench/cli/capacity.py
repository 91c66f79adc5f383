"""``wsgibench capacity [STACK ...]``."""

from typing import Any

import click

from wsgibench.bench.planning import plan_of
from wsgibench.bench.variants import known
from wsgibench.cli.concealing import conceals
from wsgibench.cli.option_table import OPTIONS
from wsgibench.cli.options import CORES, REQUESTS, RUNNING, takes
from wsgibench.cli.run import app_of, check_claims, measure, own_environments, wishes_of
from wsgibench.cli.run_and_report import require_claims
from wsgibench.cli.variants import variants_of

_UNSAID = {key: () if option.repeatable else option.default for key, option in OPTIONS.items()}
"""What the options say that this verb does not have."""


@click.command(name="capacity")
@click.argument("stacks", nargs=-1, metavar="[STACK ...]")
@takes(
    "limit",
    "for",
    "app",
    "interface",
    "asgi_app",
    "chdir",
    "env",
    "python",
    "environments",
    "variant",
    "prepare",
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
    if options["assert"]:
        require_claims(options["claims"])
    options = _UNSAID | options | {"objective": ("capacity",)}
    app = app_of(options)
    variants = known(variants_of(options["variant"]), app, own_environments=own_environments(options))
    plan = plan_of(wishes_of(app, stacks, variants, options))
    check_claims(plan, asserted=options["assert"])
    measure(plan, options, asserted=options["assert"])
