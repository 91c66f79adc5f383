"""Records as JSON files."""

from pathlib import Path
from typing import TypeVar

import msgspec

from wsgibench.errors import RunFolderError, WsgibenchError
from wsgibench.model.record import Record
from wsgibench.runs._whole import write_whole

R = TypeVar("R", bound=Record)


def write_record(path: Path, record: Record) -> None:
    """The record as indented JSON, keys in the order of its fields.

    Raises:
        RunFolderError: it cannot be written.
    """
    write_whole(path, msgspec.json.format(msgspec.json.encode(record), indent=2) + b"\n")


def read_record(path: Path, kind: type[R]) -> R:
    """The record in a file.

    Raises:
        RunFolderError: there is none, or it is not of that kind.
    """
    try:
        return msgspec.json.decode(read_bytes(path), type=kind)
    except RunFolderError:
        raise
    except (msgspec.MsgspecError, UnicodeDecodeError, WsgibenchError) as exc:
        reason = str(exc).splitlines()[0].rstrip(".")
        raise RunFolderError(f"'{path}' is damaged: {reason}.", "Remove its folder to go on without it.") from exc


def read_bytes(path: Path) -> bytes:
    """All of the file.

    Raises:
        RunFolderError: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as exc:
        raise RunFolderError(
            f"'{path}' cannot be read: {(exc.strerror or str(exc)).lower()}.", "Give the folder of a run, runs/..."
        ) from exc
