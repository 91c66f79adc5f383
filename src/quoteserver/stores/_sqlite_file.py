"""How the file of a sqlite store comes to be: beside its place, whole and on disk, then renamed into it.

Readers see the old file or the new one. Writers take turns by a lock on a file beside it, which stays there, since
removing it would let two of them in. What a killed writer leaves is overwritten by the next one.
"""

import fcntl
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path

from quoteserver.errors import UsageError
from quoteserver.quotations import Text, cycle

APPLICATION_ID = int.from_bytes(b"QUOT")
"""What sqlite keeps in a file's header to tell whose it is; a file of somebody else is never replaced."""

_SCHEMA = f"""
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA application_id = {APPLICATION_ID};
CREATE TABLE quotes (id INTEGER PRIMARY KEY, quote TEXT NOT NULL, author TEXT NOT NULL);
CREATE TABLE about (documents INTEGER NOT NULL, distinct_texts INTEGER NOT NULL);
"""
_BATCH = 10_000


def build_if_absent(path: Path, texts: Sequence[Text]) -> None:
    """Writes the texts as documents 1 to N, unless the file is there; of many processes at once, one does.

    Raises:
        OSError, sqlite3.Error: it cannot be written.
    """
    with _turn(path):
        if not path.exists():
            for _ in _write(path, texts, len(texts)):
                pass


def replace(path: Path, texts: Sequence[Text], documents: int) -> Iterator[int]:
    """Writes a new file in place of any old one; yields how many documents are written so far.

    Raises:
        UsageError: what is there is no store of quotations.
        OSError, sqlite3.Error: it cannot be written.
    """
    with _turn(path):
        if path.exists() and not _is_ours(path):
            raise UsageError(f"'{path}' is there and is no store of quotations.", "Name another file, or remove it.")
        yield from _write(path, texts, documents)


def _write(path: Path, texts: Sequence[Text], documents: int) -> Iterator[int]:
    partial = path.with_name(f".{path.name}.partial")
    partial.unlink(missing_ok=True)
    try:
        # No journal and no waiting for the disk on the way: a file that is not finished is thrown away.
        with closing(sqlite3.connect(partial)) as connection:
            connection.executescript(_SCHEMA)
            rows = cycle(texts, documents)
            for written in range(0, documents, _BATCH):
                connection.executemany("INSERT INTO quotes VALUES (?, ?, ?)", islice(rows, _BATCH))
                yield min(written + _BATCH, documents)
            connection.execute("INSERT INTO about VALUES (?, ?)", (documents, len(set(texts[:documents]))))
            connection.commit()
        _sync(partial)
        partial.replace(path)
        _sync(path.parent)
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def _turn(path: Path) -> Iterator[None]:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.with_name(f".{path.name}.lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _is_ours(path: Path) -> bool:
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            (found,) = connection.execute("PRAGMA application_id").fetchone()
    except sqlite3.DatabaseError:
        return False
    return bool(found == APPLICATION_ID)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
