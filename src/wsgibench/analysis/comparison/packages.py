"""Packages of the app's environment that are not the same in both runs."""

from collections.abc import Collection, Iterator, Mapping

from wsgibench.analysis.made_with import made_with
from wsgibench.model.comparison import Difference
from wsgibench.model.run import Run


def package_differences(before: Run, after: Run, told: Collection[str]) -> Iterator[Difference]:
    """Those that an app may use, whatever serves it; nothing where one of the runs did not keep what it had.

    Servers are no part of it: those of the stacks are ``told`` among the versions, others did not run.
    """
    if before.interpreter is None or after.interpreter is None:
        return
    old, new = (_by_name(run.interpreter.packages) for run in (before, after) if run.interpreter)
    servers = {canonical(name) for run in (before, after) for name in made_with(run).servers}
    beside = {name for name in servers if not under_every_server(name)} | {canonical(each) for each in told}
    for name in sorted({*old, *new} - beside):
        if old.get(name) != new.get(name):
            yield Difference(group="packages", name=name, before=old.get(name), after=new.get(name))


def canonical(name: str) -> str:
    """A distribution's name as all spellings of it have in common."""
    return name.lower().replace("_", "-").replace(".", "-")


def under_every_server(name: str) -> bool:
    """Whether apps use it whatever serves them: a Flask app runs on both of these."""
    return canonical(name) in ("flask", "werkzeug")


def _by_name(packages: Mapping[str, str]) -> dict[str, str]:
    return {canonical(name): version for name, version in packages.items()}
