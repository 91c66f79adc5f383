"""Files that are there whole or not at all."""

import contextlib
import errno
import os
import shutil
from pathlib import Path

from wsgibench.errors import RunFolderError
from wsgibench.units import format_size

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def write_whole(path: Path, data: bytes) -> None:
    """Write the file so that whoever looks, at any instant and after any crash, sees the old content or the new.

    The bytes reach the disk before the name does, and the name before this returns (see rename(2), fsync(2)). What a
    killed writer leaves behind is a hidden file beside it, overwritten by the next.

    Raises:
        RunFolderError: it cannot be written; what was there before still is.
    """
    beside = path.with_name(f".{path.name}.part")
    try:
        _write_through(beside, data)
        beside.replace(path)
        sync_directory(path.parent)
    except OSError as exc:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise cannot_write(path, exc) from exc


def sync_directory(path: Path) -> None:
    """Returns when the directory's entries are on disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def cannot_write(path: Path, exc: OSError) -> RunFolderError:
    """The error to raise when writing the path ended with ``exc``."""
    message = f"'{path}' cannot be written: {(exc.strerror or str(exc)).lower()}."
    if exc.errno not in _FULL:
        return RunFolderError(message, "Give another place with --out.")
    with contextlib.suppress(OSError):
        message += f" {format_size(shutil.disk_usage(path.parent).free)} are free there."
    return RunFolderError(message, "Make room, then go on with wsgibench resume: finished trials are safe.")


def _write_through(path: Path, data: bytes) -> None:
    # The name is ours. Whatever bears it, left by a killed writer or put there by who made the folder, is neither
    # followed nor written to: a pipe would keep us waiting for its reader.
    path.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    with open(path, "wb", opener=lambda name, _: os.open(name, flags, 0o666)) as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
