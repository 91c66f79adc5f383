"""``wsgibench run [STACK ...]``."""

import sys
import time
from pathlib import Path
from typing import Any

import click

from wsgibench.bench.apps import app_under_test
from wsgibench.bench.machine import this_machine, versions_in
from wsgibench.bench.planning import plan_of
from wsgibench.bench.wishes import Wishes
from wsgibench.cli.finish import Shown, measure_and_show, require_claims
from wsgibench.cli.live import page_port
from wsgibench.cli.options import pairs, takes
from wsgibench.model.run import Run
from wsgibench.runs.folder import RunFolder


@click.command(name="run")
@click.argument("stacks", nargs=-1, metavar="[STACK ...]")
@takes(
    "profile",
    "app",
    "chdir",
    "env",
    "python",
    "store",
    "workers",
    "threads",
    "users",
    "spawn_rate",
    "rate",
    "arrivals",
    "connections",
    "connections_max",
    "duration",
    "warmup",
    "turns",
    "turn",
    "blocks",
    "budget",
    "objective",
    "margin",
    "claims",
    "assert",
    "seed",
    "path",
    "ids",
    "words",
    "method",
    "header",
    "body",
    "bodies",
    "engine",
    "engine_processes",
    "host",
    "locust_workers",
    "locust_bind",
    "locust_client",
    "locustfile",
    "monitor",
    "start_timeout",
    "serve",
    "out",
    "pictures",
    "cumulative",
    "json",
    several=("workers",),
)
def command(stacks: tuple[str, ...], **options: Any) -> None:  # noqa: ANN401  # the table says what each is
    """The experiment: stacks started, proved right and measured in random order.

    STACK is SERVER or PROXY+SERVER; see wsgibench list. Without any, the seven of the article. Each finished trial is
    safe in the run's folder at once; Ctrl-C ends the one at hand, and wsgibench resume goes on.

    \b
    wsgibench run
    wsgibench run gunicorn nginx+uwsgi --users 200 --spawn-rate 50 --duration 30s --blocks 3
    wsgibench run gunicorn granian --app mysite.wsgi:application --path '/items/{id}' --ids 1..5000
    wsgibench run --profile article --workers 6 --workers 60
    """  # noqa: D301  # click wants a backspace before lines that it must not fill
    if options["assert"]:
        require_claims(options["claims"])
    plan = plan_of(_wishes(stacks, options))
    serve = page_port(options["serve"])
    run = Run(
        plan=plan,
        machine=this_machine(),
        versions=versions_in(plan),
        command=("wsgibench", *sys.argv[1:]),
        created_s=time.time(),
    )
    folder = RunFolder.create(Path(options["out"]), run)
    shown = Shown(
        pictures=options["pictures"] == "on",
        cumulative=options["cumulative"],
        json=options["json"],
        assert_claims=options["assert"],
        serve=serve,
    )
    measure_and_show(folder, shown)


def _wishes(stacks: tuple[str, ...], options: dict[str, Any]) -> Wishes:
    return Wishes(
        app=app_under_test(
            options["app"],
            directory=options["chdir"],
            python=options["python"] or sys.executable,
            env=pairs(options["env"]),
            store=options["store"],
        ),
        stacks=stacks,
        profile=options["profile"],
        workers=options["workers"],
        threads=options["threads"],
        users=options["users"],
        spawn_rate_per_s=options["spawn_rate"],
        rate=options["rate"],
        arrivals=options["arrivals"],
        connections=options["connections"],
        connections_max=options["connections_max"],
        turns=options["turns"] == "on",
        turn_s=options["turn"],
        budget_s=options["budget"],
        duration_s=options["duration"],
        warmup_s=options["warmup"],
        blocks=options["blocks"],
        seed=options["seed"],
        paths=options["path"],
        ids=options["ids"],
        words=options["words"],
        method=options["method"],
        headers=options["header"],
        body=options["body"],
        check_bodies=options["bodies"] == "on",
        start_timeout_s=options["start_timeout"],
        engine=options["engine"],
        engine_processes=options["engine_processes"],
        engine_remote_workers=options["locust_workers"],
        host=options["host"],
        locust_options={"client": options["locust_client"], "master-bind-host": options["locust_bind"]}
        | ({"locustfile": str(Path(options["locustfile"]).resolve())} if options["locustfile"] else {}),
        monitor=options["monitor"],
        objectives=options["objective"],
        margin=options["margin"],
        claims=options["claims"],
    )
