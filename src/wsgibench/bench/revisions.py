"""Revisions of a Git repository as states of an app."""

import difflib
import re
import shlex
from pathlib import Path
from typing import NamedTuple

from wsgibench.errors import UsageError
from wsgibench.model.app import App
from wsgibench.model.variant import Checkout, Revision, Variant
from wsgibench.processes.git import (
    checked_out,
    commit_of,
    diff_statistics,
    has_directory,
    ignores,
    is_shallow,
    names_in,
    refused,
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
        none = f"'{directory}' is in no checkout of Git.", "Give the app's directory with --chdir."
        raise UsageError(*(refused(here) or none))
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


_FROM_THERE = re.compile(r"[~^@]")
"""What begins the way from a named commit to another: ``main~2``."""


def _unknown(named: str, top: Path) -> tuple[str, str]:
    """A sentence and a hint."""
    names = names_in(top)
    remote = [name for name in names if name.endswith(f"/{named}")]
    base = _FROM_THERE.split(named, maxsplit=1)[0]
    if is_shallow(top) and base != named and commit_of(top, base):
        return (
            f"'{named}' is not in {top}, which is a shallow clone: of '{base}' it has the last commits alone.",
            "git fetch --unshallow; or fetch-depth: 0 for GitHub's actions/checkout.",
        )
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


def checkout_at(directory: str, runs: Path | None = None) -> Checkout | None:
    """What Git says of a directory that is measured as it is; None where it is in no checkout.

    ``runs``, where run folders are, is no part of it.
    """
    found = checked_out(Path(directory), runs)
    if found is None:
        return None
    return Checkout(
        commit=found.commit,
        diff_sha256=found.diff_sha256,
        untracked=found.untracked,
        untracked_sha256=found.untracked_sha256,
    )


def changes_between(one: Variant, other: Variant, app: App) -> str:
    """In how many files and lines the second differs from the first, as Git counts; empty where it cannot tell.

    ``beside old 1 file changed, 1 insertion(+)``.
    """
    before, after = _state(one, app), _state(other, app)
    if before is None or after is None or (before.changed and after.changed):
        return ""
    if before.changed:
        found = diff_statistics(before.top, after.commit, None, back=True)
    else:
        found = diff_statistics(after.top, before.commit, None if after.changed else after.commit)
    return f"beside {one.name} {found}" if found else ""


class _State(NamedTuple):
    """A commit, or a checkout that stands on it and is changed."""

    top: Path
    commit: str
    changed: bool


def _state(variant: Variant, app: App) -> _State | None:
    if variant.revision is not None:
        return _State(Path(variant.revision.repository), variant.revision.commit, changed=False)
    top = top_of(Path(variant.of(app).directory)) if variant.checkout else None
    if variant.checkout is None or top is None:
        return None
    return _State(top, variant.checkout.commit, changed=variant.checkout.diff_sha256 is not None)


def written_out(revision: Revision, directory: Path) -> str:
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
