"""The variants of an app: what each of them is, found out before a run, and where each is while it is measured."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from wsgibench.bench.checkouts import require_as_it_was
from wsgibench.bench.deciding_files import ask_alike, files_unlike
from wsgibench.bench.dependencies import held_by, needs_of
from wsgibench.bench.revisions import changes_between, checkout_at, left_out, revision_at, written_out
from wsgibench.bench.variant_files import sweep_variant_files
from wsgibench.deploy.environment import built_environment
from wsgibench.deploy.interfaces import with_interface
from wsgibench.errors import AnswerError, MissingError, StartError, UsageError
from wsgibench.model.app import App
from wsgibench.model.plan import Plan
from wsgibench.model.stack import Stack
from wsgibench.model.variant import Installed, Variant
from wsgibench.processes.environments import environment_with, made_on
from wsgibench.processes.git import top_of
from wsgibench.processes.interpreter import packages_of, problem_of, sources_of
from wsgibench.processes.private_directory import PrivateDirectory


def apps_in(plan: Plan, directory: Path) -> dict[str, App]:
    """The app as each variant has it, by the variant's name; of a run without several, by the empty one.

    Revisions are written below the directory, which is private.

    Raises:
        MissingError: one cannot be.
    """
    if not plan.variants:
        return {"": plan.app}
    several = len(plan.variants) > 1
    return {each.name if several else "": _app(plan.app, each, directory) for each in plan.variants}


def _app(app: App, variant: Variant, directory: Path) -> App:
    if _installed(variant, app) != variant:
        raise MissingError(
            f"The environment of the variant '{variant.name}' is another one than when the run began.",
            "Make a new run: what it was made on has changed.",
        )
    if variant.revision is None:
        require_as_it_was(variant, app)
        return variant.of(app)
    return variant.of(app, written_out(variant.revision, directory / "variants" / variant.name))


def known(
    variants: Sequence[Variant], app: App, *, own_environments: bool = False, runs: Path | None = None
) -> tuple[Variant, ...]:
    """The variants with what is found out about them; ``runs``, where run folders are, is no part of a checkout.

    With ``own_environments``, those whose files ask for other packages than the others' get an environment each.

    Raises:
        UsageError: one is named twice, or a directory is in no checkout, or there is no such revision.
        MissingError: an interpreter does not run, or Git is missing.
    """
    names = [variant.name for variant in variants]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise UsageError(f"The variant '{twice}' is named twice.", "Give each a name of its own.")
    variants = [_placed_in_git(each, app, runs) for each in variants]
    if own_environments:
        variants = _with_needs(variants, app)
    variants = _dated([_installed(each, app) for each in variants])
    found = {python: packages_of(python) for python in {variant.of(app).python for variant in variants}}
    return tuple(
        msgspec.structs.replace(
            each,
            packages=found[each.of(app).python],
            changes=changes_between(variants[0], each, app) if each is not variants[0] else "",
        )
        for each in variants
    )


def app_with_interface(app: App, variant: Variant, servers: Sequence[str], *, timeout_s: float) -> App:
    """The app with the interface that it has in the variant, where that can be found out; ``servers`` are to serve it.

    Raises:
        MissingError: the variant's revision cannot be written.
    """
    if app.interface or variant.revision is None:
        found = with_interface(variant.of(app), servers, timeout_s=timeout_s)
    else:
        directory = PrivateDirectory()
        try:
            there = variant.of(app, written_out(variant.revision, directory.path / variant.name))
            found = with_interface(there, servers, timeout_s=timeout_s)
        finally:
            directory.remove()
    return msgspec.structs.replace(app, interface=found.interface)


def _placed_in_git(variant: Variant, app: App, runs: Path | None) -> Variant:
    return msgspec.structs.replace(
        variant,
        revision=variant.revision and revision_at(variant.revision.named, variant.directory or app.directory),
        checkout=None if variant.revision else checkout_at(variant.of(app).directory, runs),
    )


def _with_needs(variants: Sequence[Variant], app: App) -> list[Variant]:
    """Where they differ, what is to be installed for those that do not say it themselves."""
    held = {each.name: held_by(each, app) for each in variants if each.python is None and each.install is None}
    if ask_alike([*held.values()]):
        return list(variants)
    needs = {name: needs_of(each) for name, each in held.items()}
    if len({*needs.values()}) < 2:
        return list(variants)
    own = {name: Installed(files=each.files, sha256=each.sha256) for name, each in needs.items() if each.requirements}
    return [msgspec.structs.replace(each, install=own.get(each.name, each.install)) for each in variants]


def shared_in_spite(plan: Plan) -> str | None:
    """A sentence where variants that say that they need other packages are served by one environment; else None."""
    if len(plan.variants) < 2 or len({variant.of(plan.app).python for variant in plan.variants}) > 1:
        return None
    files = files_unlike(plan.variants, plan.app)
    if not files:
        return None
    verb = "is" if len(files) == 1 else "are"
    return (
        f"{', '.join(files)} {verb} not the same in {' and '.join(variant.name for variant in plan.variants)}, "
        f"and {plan.variants[0].of(plan.app).python} serves them all: "
        "give each what it needs, by --environments own, install: or python:."
    )


def _installed(variant: Variant, app: App) -> Variant:
    """With the interpreter of its own environment, which is made where it is not there.

    Raises:
        MissingError: it cannot be.
    """
    if variant.install is None:
        return variant
    base = variant.install.base or variant.python or app.python
    if variant.install.files:
        needs = needs_of(held_by(variant, app))
        if needs.sha256 != variant.install.sha256:
            raise MissingError(
                f"{' and '.join(needs.files)} of the variant '{variant.name}' is not as it was when the run began.",
                "Make a new run: what it was made on has changed.",
            )
        python = environment_with(base, needs.requirements, needs.constraints, files=needs.files)
    else:
        python = environment_with(base, variant.install.requirements)
    return msgspec.structs.replace(variant, python=python, install=msgspec.structs.replace(variant.install, base=base))


def _dated(variants: Sequence[Variant]) -> list[Variant]:
    """With the day on which each environment was made, where these are not the same."""
    days = {each.name: made_on(each.python) for each in variants if each.install and each.python}
    several = len({*days.values()}) > 1
    return [
        msgspec.structs.replace(
            each, install=msgspec.structs.replace(each.install, made_on=days[each.name] if several else "")
        )
        if each.install and each.name in days
        else each
        for each in variants
    ]


def require_loading(plan: Plan, runs: Path | None = None) -> None:
    """Refuse a plan with a variant whose app cannot be loaded, before anything is measured.

    What killed runs left of their variants in ``runs`` is removed first.

    Raises:
        StartError: there is one; says which, and why. Not known yet where something is to be prepared first.
        UsageError: one would be served with files of another.
        MissingError: a revision cannot be written.
    """
    if runs is not None:
        sweep_variant_files(runs)
    if not plan.variants or plan.prepare:
        return
    directory = PrivateDirectory()
    try:
        check(plan, apps_in(plan, directory.path), directory.path)
    finally:
        directory.remove()


def check(plan: Plan, apps: Mapping[str, App], directory: Path) -> None:
    """Refuse variants that cannot be loaded, or would be with files of another; revisions are below the directory.

    Raises:
        StartError, UsageError: one cannot, or would be.
    """
    homes = {variant.name: _home(variant, plan.app) for variant in plan.variants}
    for variant in plan.variants:
        app = apps.get(variant.name) or apps[""]
        problem = problem_of(app, timeout_s=plan.start_timeout_s, inherited=built_environment())
        if problem:
            raise StartError(
                f"The app '{app.target}' of the variant '{variant.name}' {problem}.", _hint(problem, variant, app)
            )
        own = directory / "variants" / variant.name if variant.revision else homes[variant.name]
        _refuse_others(variant, app, own, [*homes.values()], plan.start_timeout_s)


def _home(variant: Variant, app: App) -> Path:
    """The directory of the user's that has the variant's files, or had them: of a checkout all of it."""
    here = Path(variant.revision.repository if variant.revision else variant.of(app).directory)
    return (top_of(here) if variant.checkout else None) or here


def _refuse_others(variant: Variant, app: App, own: Path, homes: Sequence[Path], timeout_s: float) -> None:
    """Refuse a variant that would be served with files of another one: then nothing, or half of it, is compared.

    Raises:
        UsageError: it would be.
    """
    found = sources_of(app, timeout_s=timeout_s, inherited=built_environment())
    sources = [Path(source) for source in found or ()]
    hint = (
        f"{app.python} finds the app elsewhere, as after 'pip install': give the directory from which it is imported "
        "with --chdir, or each variant an interpreter of its own."
    )
    for source in sources:
        if not source.is_relative_to(own.resolve()) and any(source.is_relative_to(home.resolve()) for home in homes):
            raise UsageError(f"The variant '{variant.name}' would be served with {source}, which is not its own.", hint)
    has_place = variant.revision is not None or variant.directory is not None
    if has_place and found is not None and not any(source.is_relative_to(own.resolve()) for source in sources):
        raise UsageError(f"Nothing that the variant '{variant.name}' would be served with is in {app.directory}.", hint)


def with_what_is_left_out(error: AnswerError, plan: Plan, stack: Stack, app: App) -> AnswerError:
    """The error, with the file that the app looked for and that its revision lacks because Git ignores it."""
    # A single variant is named by no stack.
    variants = [each for each in plan.variants if stack.variant in (each.name, "")]
    revision = variants[0].revision if variants else None
    ignored = left_out(error.hint, revision, app) if revision else None
    if ignored is None:
        return error
    return AnswerError(error.message, f"{error.hint}\n{_left_out(ignored)}", status=error.status)


def _left_out(ignored: str) -> str:
    return f"Git ignores '{ignored}', so that no revision has it: let the app find it elsewhere, or add it to Git."


def _hint(problem: str, variant: Variant, app: App) -> str:
    if variant.revision is None:
        return f"The variant is: {'; '.join(variant.words)}."
    ignored = left_out(problem, variant.revision, app)
    if ignored:
        return _left_out(ignored)
    return f"It is as in the revision {variant.revision.words}, without files that Git ignores or does not know."
