"""What the system refuses, as a sentence and a hint; and what a run folder holds that cannot be."""

import contextlib
import errno
from collections.abc import Iterator, Sequence

from wsgibench.errors import MissingError, RunFolderError, WsgibenchError

_NO_ROOM = "Make room there; where it is a directory for temporary files, set TMPDIR to one with space."
_NO_RIGHTS = "Run as a user who may, or give another place."
_NO_FILES = "Allow more open files: ulimit -n 65536."
_HINTS = {
    errno.ENOSPC: _NO_ROOM,
    errno.EDQUOT: _NO_ROOM,
    errno.EFBIG: _NO_ROOM,
    errno.EACCES: _NO_RIGHTS,
    errno.EPERM: _NO_RIGHTS,
    errno.EROFS: _NO_RIGHTS,
    errno.EMFILE: _NO_FILES,
    errno.ENFILE: _NO_FILES,
    errno.EAGAIN: "Allow more processes: ulimit -u.",
    errno.ENOMEM: "Give it more memory, or fewer workers.",
    errno.EADDRINUSE: "Wait a minute until ports are free again, or choose another.",
    errno.EADDRNOTAVAIL: "Wait a minute until ports are free again, or give --host an address of this machine.",
}


def failure_of(exc: OSError | MemoryError) -> WsgibenchError:
    """The error to show in its place."""
    if isinstance(exc, MemoryError):
        return MissingError("There is not enough memory.", _HINTS[errno.ENOMEM])
    what = f"'{exc.filename}': " if exc.filename else ""
    said = exc.strerror or str(exc) or type(exc).__name__
    return MissingError(f"The system refuses: {what}{said.lower()}.", _HINTS.get(exc.errno or 0, ""))


@contextlib.contextmanager
def making_sense_of(runs: Sequence[str]) -> Iterator[None]:
    """What a record says may contradict itself in more ways than can be looked for before it is computed with.

    Raises:
        RunFolderError: it did.
    """
    try:
        yield
    except (ArithmeticError, LookupError, ValueError, TypeError, AttributeError, RecursionError) as exc:
        names = " or ".join(f"'{run}'" for run in runs)
        raise RunFolderError(
            f"No sense can be made of what {names} holds ({type(exc).__name__}: {str(exc)[:200]}).",
            "If wsgibench made it and nobody changed it since, that is a fault of wsgibench's: please report it.",
        ) from exc
