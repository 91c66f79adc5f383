"""Revisions of a Git repository as states of an app."""

import difflib
import re
import shlex
from collections.abc import Sequence
from pathlib import Path

from wsgibench.errors import UsageError
from wsgibench.model.app import App
from wsgibench.model.variant import Checkout, Revision, Variant
from wsgibench.processes.git import (
    checked_out,
    commit_of,
    content_of,
    has_directory,
    ignores,
    is_shallow,
    names_in,
    top_of,
    write_revision,
)


def revision_at(named: str, directory: str) -> Revision:
    """The revision of that name, in the repository that has the directory; the app lives where it does here.

    Raises:
        UsageError: there is no repository, no such revision, or it has no such directory.
        MissingError: Git is not installed.
    """
    here = Path(directory)
    top = top_of(here)
    if top is None:
        raise UsageError(f"'{directory}' is in no checkout of Git.", "Give the app's directory with --chdir.")
    commit = commit_of(top, named)
    if commit is None:
        raise UsageError(*_unknown(named, top))
    below = here.resolve().relative_to(top.resolve())
    subdirectory = below.as_posix() if below.parts else ""
    if not has_directory(top, commit, subdirectory):
        raise UsageError(
            f"The revision '{named}' has no directory '{subdirectory}'.",
            "The app lived elsewhere then: check it out beside, and give --variant NAME=DIRECTORY.",
        )
    return Revision(named=named, commit=commit, repository=str(top), subdirectory=subdirectory)


def _unknown(named: str, top: Path) -> tuple[str, str]:
    """A sentence and a hint."""
    names = names_in(top)
    remote = [name for name in names if name.endswith(f"/{named}")]
    near = remote or difflib.get_close_matches(named, names, n=1)
    if near:
        return f"No revision is called '{named}' in {top}.", f"Did you mean '{near[0]}'?"
    if is_shallow(top):
        hint = (
            f"git fetch --depth 1 origin {shlex.quote(named)}, and give FETCH_HEAD; or fetch-depth: 0 for GitHub's "
            "actions/checkout."
        )
        return f"No revision is called '{named}' in {top}, which is a shallow clone.", hint
    return f"No revision is called '{named}' in {top}.", "git log --oneline --all shows which there are."


def checkout_at(directory: str) -> Checkout | None:
    """What Git says of a directory that is measured as it is; None where it is in no checkout."""
    found = checked_out(Path(directory))
    if found is None:
        return None
    return Checkout(commit=found.commit, diff_sha256=found.diff_sha256, untracked=found.untracked)


_DEPENDENCIES = (
    *("requirements.txt", "pyproject.toml", "setup.cfg", "setup.py"),
    *("uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock"),
)
"""What says which packages an app needs, beside it or at the top of its checkout."""


def dependencies_unlike(variants: Sequence[Variant], app: App) -> list[str]:
    """Names of such files that are not the same in all variants."""
    held = [_dependencies(variant, app) for variant in variants]
    return [name for name in _DEPENDENCIES if len({each[name] for each in held}) > 1]


def _dependencies(variant: Variant, app: App) -> dict[str, bytes | None]:
    """What each of the files holds; None where there is none."""
    if variant.revision is not None:
        return {name: _in_revision(variant.revision, name) for name in _DEPENDENCIES}
    here = Path(variant.of(app).directory)
    places = dict.fromkeys((here, (top_of(here) if variant.checkout else None) or here))
    files = {name: next((at / name for at in places if (at / name).is_file()), None) for name in _DEPENDENCIES}
    return {name: file.read_bytes() if file else None for name, file in files.items()}


def _in_revision(revision: Revision, name: str) -> bytes | None:
    paths = dict.fromkeys((f"{revision.subdirectory}/{name}".lstrip("/"), name))
    found = (content_of(Path(revision.repository), revision.commit, path) for path in paths)
    return next((content for content in found if content is not None), None)


def placed(revision: Revision, directory: Path) -> str:
    """The directory of the app, when the revision has been written into the given one.

    Raises:
        MissingError: it cannot be written.
    """
    write_revision(Path(revision.repository), revision.commit, directory)
    return str(directory / revision.subdirectory)


_MISSING = re.compile(r"No module named '([\w.]+)'|No such file or directory: '([^']+)'")


def left_out(problem: str, revision: Revision, app: App) -> str | None:
    """The file that the app lacks because Git ignores it, by what its import said; None where that is not why."""
    found = _MISSING.search(problem)
    if found is None:
        return None
    here = Path(revision.repository) / revision.subdirectory
    if found[1]:
        path = found[1].replace(".", "/")
        wanted = [f"{path}.py", path]
    else:
        wanted = [found[2].removeprefix(app.directory).lstrip("/")]
    return next((name for name in wanted if (here / name).exists() and ignores(here, name)), None)
