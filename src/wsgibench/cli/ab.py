"""``wsgibench ab REVISION [REVISION]``."""

from typing import Any

import click

from wsgibench.analysis.verdict.claims import require_answerable
from wsgibench.bench.planning import plan_of
from wsgibench.bench.variants import app_with_interface
from wsgibench.cli.concealing import conceals
from wsgibench.cli.options import APP, CORES, LOAD, REQUESTS, RUNNING, UNSAID, takes
from wsgibench.cli.output import require_one_form
from wsgibench.cli.run import app_of, known_to, measure, run_options_of
from wsgibench.cli.terminal import say
from wsgibench.errors import UsageError
from wsgibench.model.app import App
from wsgibench.model.stack import parse_stack
from wsgibench.model.variant import Revision, Variant


@click.command(name="ab")
@click.argument("revision")
@click.argument("other", required=False, metavar="[REVISION]")
@takes(
    "stack",
    *APP,
    "environments",
    "prepare",
    "workers",
    "threads",
    *LOAD,
    "turn",
    "blocks",
    "budget",
    "objective",
    "limit",
    "hold",
    "margin",
    "must",
    "sampler",
    "seed",
    *REQUESTS,
    "engine_processes",
    *CORES,
    *RUNNING,
    "format",
    "json",
    several=("workers",),
    margin="2%",
)
@conceals
def command(revision: str, other: str | None, **options: Any) -> None:  # noqa: ANN401  # the table says what each is
    """Did my change make it slower? Two states of an app side by side.

    The app as it is here, with whatever is not committed, is 'new'; 'old' is that REVISION of Git. With a second
    REVISION, that is 'new'. Both are up at once and take turns of a fraction of a second: what the machine does
    meanwhile, it does to both, so that small differences show on a CI runner, too. Your checkout is not touched.

    App, paths and stack may stand in wsgibench.toml. The answer is one sentence for each figure: so much faster or
    slower with its interval, no difference beyond the margin, or undecided and what it would take.

    \b
    wsgibench ab main
    wsgibench ab v1.4 v1.5 --stack nginx+uwsgi:w4 --budget 3m
    wsgibench ab main --assert 'new >= old within 2%' --format md
    """  # noqa: D301  # click wants a backspace before lines that it must not fill
    require_one_form(options["format"], json=options["json"])
    if options["app"] is None and options["asgi_app"] is None:
        raise UsageError("Nothing says which app to hold against itself.", "Give --app, or app in wsgibench.toml.")
    options = UNSAID | options | {"claims": options["must"], "within_stacks": True}
    app = app_of(options)
    new = Variant(name="new") if other is None else Variant(name="new", revision=Revision(named=other))
    variants = known_to(options, (Variant(name="old", revision=Revision(named=revision)), new), app)
    servers = [parse_stack(stack).server for stack in options["stack"]]
    app = app_with_interface(app, variants[-1], servers, timeout_s=options["start_timeout"])
    stacks = options["stack"] or _default_for(app)
    _say_if_alike(*variants)
    plan = plan_of(run_options_of(app, stacks, variants, options))
    require_answerable(plan)
    measure(plan, options, asserted=bool(options["must"]), markdown=options["format"] == "md")


def _default_for(app: App) -> tuple[str, ...]:
    """The server that is taken where none is named; said where it may not be for that app."""
    if not app.interface:
        say(
            f"Nothing tells whether the app '{app.target}' is called by WSGI or ASGI, so gunicorn serves it: "
            "--interface or --stack says otherwise.",
            err=True,
        )
    return ("uvicorn" if app.interface == "asgi" else "gunicorn",)


def _say_if_alike(old: Variant, new: Variant) -> None:
    """The same code twice is allowed: that is how to see what the machine is fit to tell."""
    here = new.checkout
    if here is not None and (here.diff_sha256 or here.untracked):
        return
    commits = {each.commit for each in (old.revision, new.revision, here) if each is not None}
    if len(commits) == 1 and old.packages == new.packages:
        say(
            f"Both are the commit {commits.pop()[:10]}, an A/A: the answer is to be that there is no difference.",
            err=True,
        )
