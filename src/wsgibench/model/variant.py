"""Variants: states of an app that a run holds side by side."""

import os
import re

import msgspec

from wsgibench.errors import UsageError
from wsgibench.model.app import App
from wsgibench.model.record import Record

_COMMIT = re.compile(r"|[0-9a-f]{40}|[0-9a-f]{64}", re.ASCII)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}", re.ASCII)


_PATH = "PYTHONPATH"


def _moved(paths: str, before: str, after: str) -> str:
    """An import path with what was at or below a directory at or below another."""
    entries = [f"{entry}{os.sep}" for entry in paths.split(os.pathsep)]
    inside = f"{before.rstrip(os.sep)}{os.sep}"
    moved = [f"{after}{os.sep}{each.removeprefix(inside)}" if each.startswith(inside) else each for each in entries]
    return os.pathsep.join(each.rstrip(os.sep) for each in moved)


class Revision(Record, frozen=True, kw_only=True):
    """A commit of a Git repository.

    Attributes:
        named: as the user wrote it, ``main``.
        commit: its full hash; empty until it has been found.
        repository: the top of the checkout that it was found in.
        subdirectory: of the app within it; empty for its top.
    """

    named: str
    commit: str = ""
    repository: str = ""
    subdirectory: str = ""

    def __post_init__(self) -> None:
        # It becomes an argument of Git's, and a record may come from anywhere.
        if not _COMMIT.fullmatch(self.commit):
            raise UsageError(f"'{self.commit}' is no commit.", "A commit is named by its full hash.")

    @property
    def words(self) -> str:
        """``main (1a2b3c4d5e)``."""
        return f"{self.named} ({self.commit[:10]})"


class Checkout(Record, frozen=True, kw_only=True):
    """What Git says of a directory that was measured as it was.

    Attributes:
        commit: that it stands on.
        diff_sha256: of what ``git diff --binary HEAD`` printed; None where no file that Git knows was changed.
        untracked: files and directories that Git neither knows nor ignores, the first few.
        untracked_sha256: of the names and contents of all such files, of very large ones of size and time; None where
            there is none, and in runs of before it was kept.
    """

    commit: str
    diff_sha256: str | None = None
    untracked: tuple[str, ...] = ()
    untracked_sha256: str | None = None

    def is_as(self, other: "Checkout | None") -> bool:
        """Whether the other has the same in all files that Git does not ignore, as far as both know it."""
        if other is None or (self.commit, self.diff_sha256) != (other.commit, other.diff_sha256):
            return False
        if self.untracked and other.untracked and None in (self.untracked_sha256, other.untracked_sha256):
            return True
        return self.untracked_sha256 == other.untracked_sha256

    @property
    def words(self) -> str:
        """``1a2b3c4d5e``, with what was changed since."""
        changed = f" with changes (diff {self.diff_sha256[:10]})" if self.diff_sha256 else ""
        unknown = f", untracked: {', '.join(self.untracked)}" if self.untracked else ""
        return f"{self.commit[:10]}{changed}{unknown}"


class Installed(Record, frozen=True, kw_only=True):
    """An environment on top of the one of the interpreter ``base``, with what is asked for in place of what that has.

    Attributes:
        requirements: of pip; none where files say it.
        files: of the variant that say it: ``("pyproject.toml", "uv.lock")``.
        sha256: of what they say.
        made_on: the day on which it was made, where another variant's was made on another one: what was asked for
            without a version may differ by that alone. Empty elsewhere.
    """

    requirements: tuple[str, ...] = ()
    base: str = ""
    files: tuple[str, ...] = ()
    sha256: str = ""
    made_on: str = ""

    @property
    def words(self) -> str:
        """``gunicorn==25.1.0 installed``; or from which files."""
        made = f" on {self.made_on}" if self.made_on else ""
        if self.files:
            return f"an environment of its own, installed{made} from {' and '.join(self.files)}"
        return f"{' '.join(self.requirements)} installed{made}"


class Variant(Record, frozen=True, kw_only=True):
    """One state of the app's side; what it does not say is the app's.

    Attributes:
        name: unique within a run; what labels have behind the ``@``.
        directory: where the app lives, absolute; None where ``revision`` says so, or as for all.
        revision: what is measured instead of a directory of the user's.
        checkout: of a directory that is in a checkout of Git.
        python: interpreter.
        install: what ``python`` has been made of.
        env: environment variables, on top of the app's.
        packages: what the interpreter's environment has, versions by name; with ``python``, its own.
        changes: in files and lines since the run's first variant, as Git counts them; empty where it cannot tell.
    """

    name: str
    directory: str | None = None
    revision: Revision | None = None
    checkout: Checkout | None = None
    python: str | None = None
    install: Installed | None = None
    env: tuple[tuple[str, str], ...] = ()
    packages: dict[str, str] = {}
    changes: str = ""

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise UsageError(
                f"'{self.name}' cannot name a variant.", "Use letters, digits, '.', '_' and '-': --variant new=."
            )

    def of(self, app: App, directory: str | None = None) -> App:
        """The app in this state; its revision is in ``directory``."""
        here = directory or self.directory or app.directory
        env = {name: _moved(value, app.directory, here) if name == _PATH else value for name, value in app.env}
        return msgspec.structs.replace(
            app, directory=here, python=self.python or app.python, env=tuple({**env, **dict(self.env)}.items())
        )

    @property
    def words(self) -> tuple[str, ...]:
        """What it sets, each as a clause; variables without their values."""
        parts = [
            f"revision {self.revision.words}" if self.revision else "",
            f"directory {self.directory}" if self.directory else "",
            f"at {self.checkout.words}" if self.checkout else "",
            self.changes,
            self.install.words if self.install else "",
            f"interpreter {self.python}" if self.python and not self.install else "",
            f"variables {', '.join(name for name, _ in self.env)}" if self.env else "",
        ]
        return tuple(part for part in parts if part) or ("the app as it is",)
