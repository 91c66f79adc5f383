"""``wsgibench resume RUN``."""

import os
from pathlib import Path
from typing import Any

import click

from wsgibench.analysis.verdict.claims import require_answerable, require_claims
from wsgibench.cli.concealing import concealing
from wsgibench.cli.danger import warn_of_danger
from wsgibench.cli.failures import making_sense_of
from wsgibench.cli.live import page_port
from wsgibench.cli.options import takes
from wsgibench.cli.run_and_report import OutputOptions, folder_at, run_and_report
from wsgibench.deploy.hops import refuse_danger, user_name
from wsgibench.errors import RunFolderError
from wsgibench.model.plan import Plan
from wsgibench.model.secrets import Secrets
from wsgibench.runs import RunFolder


@click.command(name="resume")
@click.argument("run")
@takes("assert", "serve", "pictures", "cumulative", "export", "json")
def command(run: str, **options: Any) -> None:  # noqa: ANN401  # the table says what each is
    """Go on with an interrupted run.

    RUN is its folder. Its plan is finished: trials that are there stay, the others follow in the order that was drawn.
    A block in turns that was kept in part is measured anew, so that its stacks share the machine's noise. A budget
    begins anew.
    What the plan names is executed: the app, its interpreter, its servers.
    """
    folder, plan = _own_run(run)
    for stack in plan.stacks:
        refuse_danger(stack)
    warn_of_danger(plan.stacks)
    if options["assert"]:
        require_claims(plan.claims)
        require_answerable(plan)
    output = OutputOptions(
        pictures=options["pictures"] == "on",
        cumulative=options["cumulative"],
        json=options["json"],
        assert_claims=options["assert"],
        serve=page_port(options["serve"]),
        export=options["export"],
    )
    with concealing(Secrets.of(plan)):
        run_and_report(folder, output)


def _own_run(run: str) -> tuple[RunFolder, Plan]:
    """The folder and its plan.

    Raises:
        RunFolderError: it cannot be gone on with, or belongs to another user, who would have us run what he likes.
    """
    with making_sense_of([run]):
        folder = folder_at(run)
        found = folder.read()
    owner = Path(run).stat().st_uid
    if owner != os.geteuid():
        raise RunFolderError(
            f"'{run}' belongs to {user_name(owner)}, and to go on with it runs whatever it names.",
            "If you trust it, make it yours first: chown -R.",
        )
    plan = found.run.plan
    if strange := {trial.stack.label for trial in found.trials} - {stack.label for stack in plan.stacks}:
        raise RunFolderError(f"'{run}' has trials of {min(strange)!r}, which is not in its plan.", "Make a new run.")
    return folder, plan
