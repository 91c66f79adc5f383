"""``wsgibench resume RUN``."""

from typing import Any

import click

from wsgibench.bench.hops import refuse_danger
from wsgibench.bench.verdict.claims import require_answerable
from wsgibench.cli.concealing import concealing
from wsgibench.cli.finish import Shown, folder_at, measure_and_show, require_claims
from wsgibench.cli.live import page_port
from wsgibench.cli.options import takes
from wsgibench.cli.output import warn_of_danger
from wsgibench.model.secrets import Secrets


@click.command(name="resume")
@click.argument("run")
@takes("assert", "serve", "pictures", "cumulative", "json")
def command(run: str, **options: Any) -> None:  # noqa: ANN401  # the table says what each is
    """Go on with an interrupted run.

    RUN is its folder. Its plan is finished: trials that are there stay, the others follow in the order that was drawn.
    A block in turns that was kept in part is measured anew, so that its stacks share the weather. A budget begins anew.
    """
    folder = folder_at(run)
    plan = folder.read_run().plan
    for stack in plan.stacks:
        refuse_danger(stack)
    warn_of_danger(plan.stacks)
    if options["assert"]:
        require_claims(plan.claims)
        require_answerable(plan)
    shown = Shown(
        pictures=options["pictures"] == "on",
        cumulative=options["cumulative"],
        json=options["json"],
        assert_claims=options["assert"],
        serve=page_port(options["serve"]),
    )
    with concealing(Secrets.of(plan)):
        measure_and_show(folder, shown)
