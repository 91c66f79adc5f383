"""Records as JSON files."""

from pathlib import Path
from typing import TypeVar

import msgspec

from wsgibench.as_json import as_json
from wsgibench.errors import RunFolderError, WsgibenchError
from wsgibench.model.record import Record
from wsgibench.runs._bounds import RECORD_MOST_BYTES, BeyondBoundsError, check_json, check_numbers
from wsgibench.runs._inside import Inside
from wsgibench.runs._whole import write_whole

R = TypeVar("R", bound=msgspec.Struct)

_UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, WsgibenchError, BeyondBoundsError, RecursionError)
_REASON_MOST = 300


def write_record(path: Path, record: Record) -> None:
    """The record as indented JSON, keys in the order of its fields.

    Raises:
        RunFolderError: it cannot be written.
    """
    try:
        data = as_json(record, indent=2)
    except UnicodeEncodeError as exc:
        # To the system they are bytes, whatever they are. Which it is stays unsaid: it may be a secret.
        raise RunFolderError(
            f"An option or a file's name is no UTF-8, and cannot be kept in '{path.name}'.",
            "Give them in UTF-8; in a --path, a byte is written as %FF.",
        ) from exc
    write_whole(path, data + b"\n")


def read_record(inside: Inside, *names: str, kind: type[R]) -> R:
    """The record in a file.

    Raises:
        RunFolderError: there is none, it is not of that kind, or its numbers are absurd.
    """
    data = inside.read(*names, most_bytes=RECORD_MOST_BYTES)
    try:
        check_json(data)
        record = msgspec.json.decode(data, type=kind)
        check_numbers(record)
    except _UNREADABLE as exc:
        raise damaged(inside.path(*names), exc) from exc
    return record


class DamagedError(RunFolderError):
    """What is in a file makes no sense; what is no plain file at all is another matter, and no accident."""


def damaged(path: Path, exc: Exception) -> DamagedError:
    """The error to raise where what is in the file, for that reason, makes no sense."""
    said = next(iter(str(exc).splitlines()), "").rstrip(".") or type(exc).__name__
    reason = "it is nested too deep" if isinstance(exc, RecursionError) else said
    return DamagedError(f"'{path}' is damaged: {reason[:_REASON_MOST]}.", "Remove its folder to go on without it.")
