"""``wsgibench run [STACK ...]``."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from wsgibench.analysis.verdict.claims import require_answerable, require_claims, unanswerable
from wsgibench.bench.apps import app_under_test
from wsgibench.bench.experiment import begin
from wsgibench.bench.planning import plan_of
from wsgibench.bench.run_options import RunOptions
from wsgibench.bench.variants import known, require_loading, shared_in_spite
from wsgibench.cli.concealing import concealing, conceals
from wsgibench.cli.danger import warn_of_danger
from wsgibench.cli.live import page_port
from wsgibench.cli.option_table import OPTIONS
from wsgibench.cli.options import (
    APP,
    CORES,
    ENGINES_OWN,
    LOAD,
    LOAD_ALONE,
    REQUESTS,
    RUNNING,
    UNSAID,
    VARIANTS,
    given,
    pairs,
    takes,
)
from wsgibench.cli.terminal import say
from wsgibench.cli.variants import variants_of
from wsgibench.errors import OutOfTimeError, UsageError
from wsgibench.model.app import App
from wsgibench.model.plan import Plan
from wsgibench.model.secrets import Secrets
from wsgibench.model.variant import Variant
from wsgibench.report.circumstance_words import requests_in_words, setup_in_words


@click.command(name="run")
@click.argument("stacks", nargs=-1, metavar="[STACK ...]")
@takes(
    "profile",
    *APP,
    *VARIANTS,
    "store",
    "workers",
    "threads",
    *LOAD_ALONE,
    *LOAD,
    "turns",
    "turn",
    "blocks",
    "budget",
    "objective",
    "limit",
    "hold",
    "for",
    "margin",
    "claims",
    "assert",
    "seed",
    *REQUESTS,
    "engine",
    "engine_processes",
    *CORES,
    *ENGINES_OWN,
    *RUNNING,
    "json",
    several=("workers",),
)
@conceals
def command(stacks: tuple[str, ...], **options: Any) -> None:  # noqa: ANN401  # the table says what each is
    """The experiment: stacks started, proved right and measured in random order.

    STACK is SERVER or PROXY+SERVER; see wsgibench list. Without any, the seven of the article. Each finished trial is
    safe in the run's folder at once; Ctrl-C ends the one at hand, and wsgibench resume goes on.

    \b
    wsgibench run
    wsgibench run gunicorn nginx+uwsgi --users 200 --spawn-rate 50 --duration 30s --blocks 3
    wsgibench run gunicorn granian --app mysite.wsgi:application --path '/items/{id}' --ids 1..5000
    wsgibench run gunicorn --variant plain --variant debug=env:DEBUG=1
    wsgibench run --profile article --workers 6 --workers 60
    """  # noqa: D301  # click wants a backspace before lines that it must not fill
    measure_stacks(stacks, options)


def measure_stacks(stacks: Sequence[str], options: dict[str, Any]) -> None:
    """Make the run that the options ask for, with every variant that they name.

    Raises:
        WsgibenchError: what ``measure`` raises; or the options contradict one another, or name what is not there.
    """
    options = UNSAID | options  # not every verb has all of them
    if options["assert"]:
        require_claims(options["claims"])
    app = app_of(options)
    variants = known_to(options, variants_of(options["variant"]), app)
    plan = plan_of(run_options_of(app, stacks, variants, options))
    _check_claims(plan, asserted=options["assert"])
    measure(plan, options, asserted=options["assert"])


def measure(plan: Plan, options: dict[str, Any], *, asserted: bool, markdown: bool = False) -> None:
    """Make the plan's run, from its folder to what is shown of it.

    Raises:
        WsgibenchError: the plan cannot be carried out, no trial counts, or an asserted claim is not supported.
    """
    # What a variant has of the configuration was not on the command line.
    with concealing(Secrets.of(plan)):
        require_loading(plan, Path(options["out"]))
        _measure(plan, options, asserted=asserted, markdown=markdown)


def _measure(plan: Plan, options: dict[str, Any], *, asserted: bool, markdown: bool) -> None:
    # Here: what is wrong with the options is said before all that makes a report is imported.
    from wsgibench.cli.run_and_report import OutputOptions, run_and_report  # noqa: PLC0415

    if sentence := shared_in_spite(plan):
        say(sentence, err=True)
    for variant in plan.variants:
        if variant.install and variant.install.files:
            say(f"The variant '{variant.name}' has {variant.install.words}.", err=True)
    warn_of_danger(plan.stacks)
    for sentence in (*setup_in_words(plan.setup), *requests_in_words(plan.requests)):
        say(sentence, err=True)
    serve = page_port(options["serve"])
    context = click.get_current_context()
    command = ("wsgibench", context.info_name or "run", *given(context))
    folder = begin(plan, Path(options["out"]), command=command)
    output = OutputOptions(
        pictures=options["pictures"] == "on",
        cumulative=options["cumulative"],
        json=options["json"],
        assert_claims=asserted,
        serve=serve,
        markdown=markdown,
        export=options["export"],
    )
    try:
        run_and_report(folder, output)
    except (UsageError, OutOfTimeError):
        # It was refused, or came to nothing: there is nothing to go on with.
        folder.discard()
        raise


def _check_claims(plan: Plan, *, asserted: bool) -> None:
    """Refuse claims about stacks that are not in the run; those of ``wsgibench.toml`` may be for other runs, too.

    Raises:
        UsageError: there is one on the command line, or it is to be asserted.
    """
    if asserted or _is_typed("claims"):
        require_answerable(plan)
    for sentence in unanswerable(plan):
        say(f"{sentence} It stays undecided.", err=True)


def known_to(options: Mapping[str, Any], variants: Sequence[Variant], app: App) -> tuple[Variant, ...]:
    """The variants with what is found out about them, as the options say.

    Raises:
        UsageError, MissingError: what ``known`` raises.
    """
    return known(variants, app, own_environments=own_environments(options), runs=Path(options["out"]))


def own_environments(options: Mapping[str, Any]) -> bool:
    """Whether variants get what their files ask for, or whoever named an interpreter has seen to that."""
    return options["environments"] == "own" or (options["environments"] == "auto" and options["python"] is None)


def app_of(options: dict[str, Any]) -> App:
    """The app that the options name."""
    return app_under_test(
        options["app"],
        directory=options["chdir"],
        python=options["python"] or sys.executable,
        env=pairs(options["env"]),
        store=options["store"],
        interface=options["interface"],
        asgi_target=options["asgi_app"],
    )


def run_options_of(app: App, stacks: Sequence[str], variants: Sequence[Variant], options: dict[str, Any]) -> RunOptions:
    """What the options ask for."""
    given = {OPTIONS[key].field or key: value for key, value in options.items() if key in OPTIONS} | {
        "app": app,
        "stacks": stacks,
        "turns": options["turns"] == "on",
        "check_bodies": options["bodies"] != "off",
        "same_bodies": options["bodies"] == "same",
        "variants": variants,
        "within_stacks": options.get("within_stacks", False),
        "not_typed": frozenset(OPTIONS[key].field or key for key in options if key in OPTIONS and not _is_typed(key)),
        "engine_options": {key: _of_engine(key, options[key]) for key in ENGINES_OWN},
    }
    return RunOptions(**{field.name: given[field.name] for field in fields(RunOptions)})


def _is_typed(key: str) -> bool:
    return click.get_current_context().get_parameter_source(key) is ParameterSource.COMMANDLINE


def _of_engine(key: str, value: object) -> object:
    """A path is one from here, and not from where the engine runs."""
    return str(Path(str(value)).resolve()) if value and OPTIONS[key].kind == "file" else value
