"""Directories that only we may enter, and that do not outlive their owner for long."""

import contextlib
import fcntl
import os
import re
import shutil
import stat
import tempfile
import time
from pathlib import Path

from wsgibench.errors import MissingError
from wsgibench.processes.family import Family
from wsgibench.user_cache import cache_path, is_ours

ON_DISK = "private"
"""Below the user's cache: for what is to be where the user's files are, and swept by each call, too."""
STARTING = "starting"
"""A file in one that is to be kept, while it is not certain that it will be."""
_TRANSIENT, _KEPT = "wsgibench.", "wsgibench-up."
_LOCK = "owner.lock"
_UNNAMED = f"{_LOCK}.new"
_SOCKET_PATH_MAX = 107
_MAKING_S = 60.0
_LONGEST_NAME_INSIDE = 60
_ROOM_BYTES = 1 << 20
"""Configurations and the beginnings of logs."""


class PrivateDirectory:
    """A new directory with mode 0700, short enough that sockets fit below it.

    A lock is held inside while its owner lives, so that the next call can tell what a killed one left behind. One that
    is ``kept`` is so from ``settle`` on, until somebody removes it. In a ``base`` that is given, it may be too long for
    sockets.
    """

    def __init__(self, *, kept: bool = False, base: Path | None = None) -> None:
        base = base or _base()
        sweep(base)
        with contextlib.suppress(RuntimeError):  # there is no home
            sweep(cache_path(ON_DISK))
        try:
            self.path = Path(tempfile.mkdtemp(prefix=_KEPT if kept else _TRANSIENT, dir=base))
            if kept:
                (self.path / STARTING).touch()
            # Locked before it has its name: nobody may take it for that of somebody who was killed.
            unnamed = self.path / _UNNAMED
            self._lock = _take(unnamed)
            unnamed.rename(self.path / _LOCK)
        except OSError as exc:
            with contextlib.suppress(AttributeError, OSError):  # there may be a directory without room for a file
                shutil.rmtree(self.path)
            raise MissingError(
                f"No private directory can be made in {base}: {exc.strerror}.", "Set TMPDIR to a directory with space."
            ) from exc

    def settle(self) -> None:
        """From now on it outlives its owner, if it is one that is kept."""
        (self.path / STARTING).unlink(missing_ok=True)

    def remove(self) -> None:
        """Delete it with all that is in it; safe to call twice."""
        if self._lock is not None:
            shutil.rmtree(self.path, ignore_errors=True)
            os.close(self._lock)
            self._lock = None

    @staticmethod
    def remove_kept(path: Path) -> None:
        """Delete a kept one, made by an earlier call."""
        if path.name.startswith(_KEPT):
            Family(path).end()
            shutil.rmtree(path, ignore_errors=True)


def made_private(base: Path) -> bool:
    """Whether a directory for such ones is there, made if need be, and nobody but us may enter it."""
    try:
        if not is_ours(base):
            return False
        base.mkdir(mode=0o700, parents=True, exist_ok=True)
        about = base.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(about.st_mode) and about.st_uid == os.geteuid() and not about.st_mode & 0o077


def write_private(path: Path, data: bytes) -> None:
    """Write a file that nobody but us may read, whatever it was before.

    Raises:
        MissingError: there is no room for it.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    try:
        path.unlink(missing_ok=True)
        with open(path, "wb", opener=lambda name, _: os.open(name, flags, 0o600)) as file:
            file.write(data)
    except OSError as exc:
        raise MissingError(
            f"'{path}' cannot be written: {(exc.strerror or str(exc)).lower()}.",
            "Make room there, or set TMPDIR to a directory with space.",
        ) from exc


def sweep(base: Path) -> None:
    """Delete the directories of ours in ``base`` whose owners were killed, and end what is left in their cgroups.

    One without a lock is being made, or whoever made it was killed before it had one.
    """
    kept = base.glob(f"{_KEPT}*")
    unsettled = (path for path in kept if (path / STARTING).exists() or not (path / _LOCK).exists())
    for path in (*base.glob(f"{_TRANSIENT}*"), *unsettled):
        with contextlib.suppress(OSError):
            if path.is_symlink() or path.stat().st_uid != os.getuid():
                continue
            has_name = (path / _LOCK).exists()
            if not has_name and time.time() - path.stat().st_mtime < _MAKING_S:
                continue
            lock = _take(path / (_LOCK if has_name else _UNNAMED))
            if lock is not None:
                Family(path).end()
                shutil.rmtree(path, ignore_errors=True)
                os.close(lock)


def _base() -> Path:
    """XDG_RUNTIME_DIR is private already and on memory; TMPDIR may be too long for sockets, or odd; /tmp never is."""
    for candidate in (os.environ.get("XDG_RUNTIME_DIR"), _temporary(), "/tmp"):  # noqa: S108  # mkdtemp follows
        if (
            candidate
            # What servers and supervisord take as a path in any of their files, without quotes.
            and re.fullmatch(r"[\w./+-]+", candidate)
            and os.access(candidate, os.W_OK | os.X_OK)
            and len(os.fsencode(candidate)) + _LONGEST_NAME_INSIDE <= _SOCKET_PATH_MAX
            and shutil.disk_usage(candidate).free >= _ROOM_BYTES
        ):
            return Path(candidate)
    raise MissingError(
        "There is no directory for temporary files with room.", "Make room in /tmp, make it writable, or set TMPDIR."
    )


def _temporary() -> str | None:
    """TMPDIR, or what Python takes in its place; None where it can write nowhere."""
    try:
        return tempfile.gettempdir()
    except OSError:
        return None


def _take(path: Path) -> int | None:
    """The descriptor of the locked file, or None where somebody else holds it."""
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor
