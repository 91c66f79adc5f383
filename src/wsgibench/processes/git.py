"""Git, asked without a trace: no file of the repository or of the user's checkout is written, the index included.

A revision is written with an index of its own (``git read-tree``, ``git checkout-index``) into a directory of ours:
unlike a worktree it is registered nowhere, so that nothing has to be taken back, and unlike an archive it is what a
checkout would be, whatever ``.gitattributes`` leaves out of archives.
"""

import contextlib
import hashlib
import os
import re
import shlex
import shutil
import stat
import subprocess
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from wsgibench.errors import MissingError
from wsgibench.processes.private_directory import PrivateDirectory
from wsgibench.processes.programs import find_program

_LOCAL = (
    *("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY"),
    *("GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_IMPLICIT_WORK_TREE", "GIT_NAMESPACE"),
)
"""What Git tells its hooks of their repository, which would hold for every other one, too."""

_QUIET = (
    *("-c", "core.hooksPath=/dev/null"),
    *("-c", "core.fsmonitor=false"),
    # It would write a file beside the user's index.
    *("-c", "core.splitIndex=false"),
    *("-c", "core.sparseCheckout=false"),
)
_UNTRACKED_MAX = 10
_HASHED_MOST_BYTES = 16 << 20
"""Of a file that Git does not know: it may be a data set."""
_TIMEOUT_S = 600.0
"""Of a command; writing a large revision, with filters that fetch it, takes a while."""


@dataclass(frozen=True)
class Said:
    """How a command ended, and what it said."""

    code: int
    out: bytes
    err: str

    @property
    def line(self) -> str:
        """What it printed, without the end of the line; a path may hold anything else."""
        return os.fsdecode(self.out.removesuffix(b"\n"))


def git(directory: Path, *arguments: str, index: Path | None = None, into: BinaryIO | None = None) -> Said:
    """A command of Git's in the directory, with an index of ours where it needs one; it may print ``into`` a file.

    Raises:
        MissingError: Git is not installed, or does not end.
    """
    env = {name: value for name, value in os.environ.items() if name not in _LOCAL}
    env |= {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C.UTF-8"}
    if index is not None:
        env["GIT_INDEX_FILE"] = str(index)
    program = find_program(("git",))
    if program is None:
        raise MissingError("Git is not installed.", "Install the package git.")
    try:
        done = subprocess.run(
            (program, "-C", str(directory), *_QUIET, *arguments),
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=into or subprocess.PIPE,
            stderr=subprocess.PIPE,
            timeout=_TIMEOUT_S,
            env=env,
        )
    except subprocess.TimeoutExpired as exc:
        raise MissingError(f"git {arguments[0]} does not end in {directory}.", "See what it waits for.") from exc
    return Said(done.returncode, done.stdout or b"", done.stderr.decode(errors="replace").strip())


def top_of(directory: Path) -> Path | None:
    """The top of the checkout that has the directory; None where there is none, or Git does not trust it."""
    said = git(directory, "rev-parse", "--show-toplevel")
    return Path(said.line) if said.code == 0 else None


_NONE_THERE = "not a git repository"


def refused(directory: Path) -> tuple[str, str] | None:
    """Why Git tells nothing of a checkout that may be there, as a sentence and a hint; None where there surely is none.

    It trusts no repository of another user's: in a container, or by sudo, that is the user's own.
    """
    said = git(directory, "rev-parse", "--show-toplevel").err
    if not said or _NONE_THERE in said:
        return None
    distrusted = re.search(r"dubious ownership in repository at '(.+)'", said)
    hint = f"git config --global --add safe.directory {shlex.quote(distrusted[1])}" if distrusted else said
    return f"Git refuses '{directory}': {said.splitlines()[0].removeprefix('fatal: ').rstrip('.')}.", hint


def commit_of(repository: Path, named: str) -> str | None:
    """The full hash of what that name means there; None where it means nothing, or no commit."""
    if named.startswith("-"):
        return None
    said = git(repository, "rev-parse", "--verify", "--quiet", f"{named}^{{commit}}")
    return said.line if said.code == 0 else None


def names_in(repository: Path) -> list[str]:
    """Branches, tags and branches of remotes, by their short names."""
    said = git(repository, "for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/tags", "refs/remotes")
    return said.out.decode(errors="replace").split()


def is_shallow(repository: Path) -> bool:
    """Whether a part of its history was never fetched."""
    return git(repository, "rev-parse", "--is-shallow-repository").line == "true"


def has_directory(repository: Path, commit: str, path: str) -> bool:
    """Whether the commit has that directory; the empty path is its top."""
    return git(repository, "cat-file", "-t", f"{commit}:{path}").line == "tree"


def content_of(repository: Path, commit: str, path: str) -> bytes | None:
    """What the commit's file of that path holds; None where it has none."""
    said = git(repository, "cat-file", "blob", f"{commit}:{path}")
    return said.out if said.code == 0 else None


def ignores(directory: Path, path: str) -> bool:
    """Whether Git leaves that file out, by a rule."""
    return git(directory, "check-ignore", "--quiet", "--", path).code == 0


def write_revision(repository: Path, commit: str, into: Path) -> None:
    """Write the commit's files into a new directory, as a checkout would, with those submodules that are checked out.

    Raises:
        MissingError: it cannot be written, or a submodule lacks the commit that it should have.
    """
    into.mkdir(mode=0o700, parents=True, exist_ok=True)
    index = into.parent / f".{into.name}.index"
    try:
        for arguments in (("read-tree", commit), ("checkout-index", "--all", "--quiet", f"--prefix={into}/")):
            said = git(repository, *arguments, index=index)
            if said.code != 0:
                raise MissingError(
                    f"The commit {commit[:10]} of {repository} cannot be written.", said.err or "Git does not say why."
                )
    finally:
        index.unlink(missing_ok=True)
    for path, its_commit in _submodules(repository, commit):
        if not (repository / path / ".git").exists():
            continue
        if why := refused(repository / path):
            raise MissingError(*why)
        if commit_of(repository / path, its_commit) is None:
            raise MissingError(
                f"The submodule '{path}' does not have its commit {its_commit[:10]}.",
                f"git -C {repository / path} fetch origin {its_commit}",
            )
        write_revision(repository / path, its_commit, into / path)


def _submodules(repository: Path, commit: str) -> list[tuple[str, str]]:
    """Path and commit of each."""
    entries = git(repository, "ls-tree", "-r", "-z", "--full-tree", commit).out.split(b"\0")
    found = [entry.partition(b"\t") for entry in entries if entry.startswith(b"160000 ")]
    return [(os.fsdecode(path), head.split()[2].decode()) for head, _, path in found]


_DIFF = ("diff", "--no-ext-diff", "--no-textconv")


@contextlib.contextmanager
def _copied_index(top: Path) -> Iterator[Path]:
    """Git would note in its index what it finds out about unchanged files: let it be a copy, and as old."""
    private = PrivateDirectory()
    try:
        index, own = private.path / "index", top / git(top, "rev-parse", "--git-path", "index").line
        if own.exists():
            shutil.copy2(own, index)
        yield index
    finally:
        private.remove()


def diff_statistics(top: Path, commit: str, other: str | None, *, back: bool = False) -> str | None:
    """``2 files changed, 5 insertions(+)`` between two commits, or a commit and the checkout.

    None where Git cannot tell.
    """
    arguments = (*_DIFF, "--shortstat", *(("-R",) if back else ()), commit, *((other,) if other else ()), "--")
    with _copied_index(top) as index:
        said = git(top, *arguments, index=index)
    return (said.line.strip() or "no change in files that Git knows") if said.code == 0 else None


_OF_NOTHING = hashlib.sha256().hexdigest()


@dataclass(frozen=True)
class CheckedOut:
    """A checkout as it is: its commit; the hash of what was changed since, None if nothing; what Git does not know.

    That is some names, and the hash of all files, None where there is none.
    """

    commit: str
    diff_sha256: str | None
    untracked: tuple[str, ...]
    untracked_sha256: str | None


def checked_out(directory: Path, without: Path | None = None) -> CheckedOut | None:
    """What Git says of the checkout around the directory; None where there is none, it has no commit, or Git fails.

    What it does not know in ``without`` is no part of the hash: a run's own folder may be there.
    """
    commit, top = commit_of(directory, "HEAD"), top_of(directory)
    if commit is None or top is None:
        return None
    with _copied_index(top) as index:
        changed = _diff_sha256(top, index)
        # Of a directory in which all is ignored, such as runs/, git status says nothing, either.
        unknown = ("ls-files", "--others", "--exclude-standard", "--directory", "--no-empty-directory", "-z")
        others = git(top, *unknown, index=index)
        files = git(top, "ls-files", "--others", "--exclude-standard", "-z", index=index).out
    if changed is None or others.code != 0:
        return None
    untracked = tuple(os.fsdecode(name) for name in others.out.split(b"\0") if name)
    names = sorted(name for name in files.split(b"\0") if name)
    if without is not None and (without := without.resolve()).is_relative_to(top.resolve()):
        names = [name for name in names if not (top.resolve() / os.fsdecode(name)).is_relative_to(without)]
    found = _sha256_of(top, names)
    return CheckedOut(commit, changed or None, untracked[:_UNTRACKED_MAX], found)


def _sha256_of(top: Path, names: Sequence[bytes]) -> str | None:
    """The hash of files by name and content, and of what is too large for that by name, size and time."""
    digest = hashlib.sha256()
    for name in names:
        path = top / os.fsdecode(name)
        with contextlib.suppress(OSError):  # gone meanwhile, or not ours to read
            about = path.lstat()
            digest.update(b"%d %s %d\0" % (len(name), name, about.st_mode))
            if stat.S_ISLNK(about.st_mode):
                digest.update(os.fsencode(path.readlink()))
            elif stat.S_ISREG(about.st_mode) and about.st_size <= _HASHED_MOST_BYTES:
                with path.open("rb") as file:
                    digest.update(hashlib.file_digest(file, "sha256").digest())
            else:
                digest.update(b"%d %d" % (about.st_size, about.st_mtime_ns))
    return digest.hexdigest() if names else None


def _diff_sha256(top: Path, index: Path) -> str | None:
    """The hash of what was changed since the last commit, empty where nothing was; None where Git fails.

    It is hashed as it comes: what was changed may be larger than memory.
    """
    reading, writing = os.pipe()
    with ThreadPoolExecutor(1) as pool, os.fdopen(reading, "rb") as diff:
        hashed = pool.submit(hashlib.file_digest, diff, "sha256")
        with os.fdopen(writing, "wb") as into:
            said = git(top, *_DIFF, "--binary", "HEAD", index=index, into=into)
        found = hashed.result().hexdigest()
    if said.code != 0:
        return None
    return found if found != _OF_NOTHING else ""
