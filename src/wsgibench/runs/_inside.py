"""The one way into a run folder. Whoever made it: reading it ends, takes no more memory than is said here, and leads
nowhere else.

A folder may come from a stranger, who could have put a link to a private file into it, a pipe that nobody ever writes
to, or a device without end. So every directory and file below the folder is opened by its name within the one before
(openat(2)), no link is followed, nothing but a regular file is read, and of that no more than a limit.
"""

import errno
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from wsgibench.errors import RunFolderError
from wsgibench.units import format_size

ENTRIES_MOST = 100_000
"""Of one directory: a thousand blocks of a hundred stacks."""

_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_KINDS: tuple[tuple[Callable[[int], bool], str], ...] = (
    (stat.S_ISLNK, "is a symbolic link"),
    (stat.S_ISDIR, "is a directory"),
    (stat.S_ISFIFO, "is a named pipe"),
    (stat.S_ISSOCK, "is a socket"),
    (stat.S_ISCHR, "is a device"),
    (stat.S_ISBLK, "is a device"),
)
_NO_RUN_WRITES_IT = "A run writes plain files and directories alone. Find out who made this folder before you use it."


@dataclass(frozen=True)
class Inside:
    """What lies below ``root``. To that links may lead: it was named by the user, not by who made it."""

    root: Path

    def read(self, *names: str, most_bytes: int) -> bytes:
        """All of the file.

        Raises:
            RunFolderError: it cannot be read, is no plain file, or longer.
        """
        with self.open(*names) as file:
            size = os.fstat(file.fileno()).st_size
            if size > most_bytes:
                raise RunFolderError(
                    f"'{self.path(*names)}' is longer than {format_size(most_bytes)}.", "No run writes that much there."
                )
            return file.read(size)

    def beginning(self, *names: str, most_bytes: int) -> bytes:
        """So much of the file at most.

        Raises:
            RunFolderError: it cannot be read, or is no plain file.
        """
        with self.open(*names) as file:
            return file.read(min(most_bytes, os.fstat(file.fileno()).st_size))

    @contextmanager
    def open(self, *names: str) -> Iterator[BinaryIO]:
        """The file, to be read in part.

        Raises:
            RunFolderError: it cannot be read, or is no plain file.
        """
        with self._said_of(*names), self._parent(*names) as directory:
            self._refuse_unless(stat.S_ISREG, _mode(names[-1], directory), names)
            with os.fdopen(os.open(names[-1], _FILE, dir_fd=directory), "rb") as file:
                # Again, of what was opened: it may have been exchanged meanwhile.
                self._refuse_unless(stat.S_ISREG, os.fstat(file.fileno()).st_mode, names)
                yield file

    def has(self, *names: str) -> bool:
        """Whether something of that name is there, whatever it is.

        Raises:
            RunFolderError: what it would be in is no directory, or cannot be read.
        """
        with self._said_of(*names):
            try:
                with self._parent(*names) as directory:
                    _mode(names[-1], directory)
            except FileNotFoundError:
                return False
        return True

    def modes(self, *names: str) -> dict[str, int]:
        """What is in the directory: the mode (``st_mode``) of each entry by its name, sorted; empty without one.

        Raises:
            RunFolderError: it cannot be read, is none, or holds more than anybody needs.
        """
        if names and not self.has(*names):
            return {}
        found: dict[str, int] = {}
        with self._said_of(*names), self._directory(*names) as directory, os.scandir(directory) as entries:
            for entry in entries:
                if len(found) == ENTRIES_MOST:
                    raise RunFolderError(
                        f"'{self.path(*names)}' holds more than {ENTRIES_MOST:,} entries.", "That is no run's folder."
                    )
                found[entry.name] = entry.stat(follow_symlinks=False).st_mode
        return dict(sorted(found.items()))

    def path(self, *names: str) -> Path:
        """Where that is, to be named in a sentence."""
        return self.root.joinpath(*names)

    @contextmanager
    def _parent(self, *names: str) -> Iterator[int]:
        """A descriptor of the directory that the last name is in."""
        with self._directory(*names[:-1]) as directory:
            yield directory

    @contextmanager
    def _directory(self, *names: str) -> Iterator[int]:
        """A descriptor of the directory, reached name by name."""
        with ExitStack() as stack:
            descriptor = _opened(stack, self.root, _DIRECTORY)
            for count, name in enumerate(names, start=1):
                self._refuse_unless(stat.S_ISDIR, _mode(name, descriptor), names[:count])
                descriptor = _opened(stack, name, _DIRECTORY | os.O_NOFOLLOW, descriptor)
            yield descriptor

    @contextmanager
    def _said_of(self, *names: str) -> Iterator[None]:
        """Errors of the system as ours."""
        try:
            yield
        except OSError as exc:
            raise RunFolderError(
                f"'{self.path(*names)}' cannot be read: {(exc.strerror or str(exc)).lower()}.",
                "Give the folder of a run, runs/...",
            ) from exc

    def _refuse_unless(self, is_right: Callable[[int], bool], mode: int, names: tuple[str, ...]) -> None:
        if not is_right(mode):
            what = next((words for is_kind, words in _KINDS if is_kind(mode)), "is a file")
            raise RunFolderError(f"'{self.path(*names)}' {what}.", _NO_RUN_WRITES_IT)


def _mode(name: str, directory: int) -> int:
    """Of what bears that name within the directory, a link itself.

    Raises:
        OSError: there is nothing, or it is no name but a path.
    """
    if "/" in name or name in ("", ".", ".."):
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
    return os.stat(name, dir_fd=directory, follow_symlinks=False).st_mode


def _opened(stack: ExitStack, name: str | Path, flags: int, within: int | None = None) -> int:
    """A descriptor that is closed with the stack."""
    descriptor = os.open(name, flags, dir_fd=within)
    stack.callback(os.close, descriptor)
    return descriptor
