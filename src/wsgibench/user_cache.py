"""What takes long to make and is the same each time, kept in the user's cache."""

import contextlib
import hashlib
import os
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path

_PRIVATE = 0o700
_OTHERS_MAY_WRITE = stat.S_IWGRP | stat.S_IWOTH


def cache_path(name: str) -> Path:
    """Where ``name`` is kept: below ``$XDG_CACHE_HOME``, else ``~/.cache``."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if base.startswith("/") else Path.home() / ".cache") / "wsgibench" / name


def kept(name: str, make: Callable[[], str]) -> str:
    """The text that ``make`` makes, as it is kept under ``name``.

    It is made anew where it is not there, is damaged, or could be another user's; where it cannot be kept, each time.
    """
    try:
        path = cache_path(name)
        text = _read(path)
    except (OSError, RuntimeError):  # RuntimeError: there is no home
        return make()
    if text is None:
        text = make()
        with contextlib.suppress(OSError):
            _write(path, text)
    return text


def _read(path: Path) -> str | None:
    """None where there is nothing that we wrote and nobody else could change."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        about = os.fstat(file.fileno())
        ours = stat.S_ISREG(about.st_mode) and about.st_uid == os.geteuid() and not about.st_mode & _OTHERS_MAY_WRITE
        digest, _, data = file.read().partition(b"\n") if ours else (b"", b"", b"")
    return data.decode() if digest == _digest(data) else None


def _write(path: Path, text: str) -> None:
    if not is_ours(path.parent):
        return
    path.parent.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
    data = text.encode()
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f"{path.name}.", delete=False) as file:
        try:
            file.write(_digest(data) + b"\n" + data)
            file.flush()
            Path(file.name).replace(path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise


def is_ours(directory: Path) -> bool:
    """Whether it is, or would be made, in a directory of ours: root may have a home whose owner could not use it."""
    return next(path for path in (directory, *directory.parents) if path.exists()).stat().st_uid == os.geteuid()


def _digest(data: bytes) -> bytes:
    return hashlib.sha256(data).hexdigest().encode()
