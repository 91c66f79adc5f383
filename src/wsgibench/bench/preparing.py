"""What a user has done once for each variant before it is measured."""

import os
import shlex
import shutil
from collections.abc import Mapping
from pathlib import Path

from wsgibench.deploy.environment import built_environment
from wsgibench.errors import StartError
from wsgibench.model.app import App
from wsgibench.model.plan import Plan
from wsgibench.processes.logs import last_lines
from wsgibench.processes.programs import output_of

_PREPARE_S = 900.0


def prepare(plan: Plan, apps: Mapping[str, App], env: Mapping[str, str] | None = None) -> None:
    """Run the plan's command once for each variant, where its app lives, its interpreter's programs first on PATH.

    Its environment is ``env``, by default that of servers, with the app's on top.

    Raises:
        StartError: it does not go well.
    """
    for name, app in apps.items() if plan.prepare else ():
        inherited = built_environment() if env is None else env
        path = os.pathsep.join((str(Path(app.python).parent), inherited.get("PATH", os.defpath)))
        program = shutil.which(plan.prepare[0], path=path) or plan.prepare[0]
        code, said = output_of(
            (program, *plan.prepare[1:]),
            timeout_s=_PREPARE_S,
            directory=app.directory,
            env=(("PATH", path), *app.env),
            inherited=inherited,
        )
        if code != 0:
            how = "does not run to its end" if code is None else f"ends with exit code {code}"
            whose = f" for the variant '{name}'" if name else ""
            last = last_lines(said, 5)
            raise StartError(f"'{shlex.join(plan.prepare)}' {how}{whose}.", last or "It says nothing.")
