"""``sqlite:///path``: a file that is written once, whole, and read by every process with a connection of its own.

As everywhere, three slashes begin a relative path and four an absolute one. A file that is not there is made from the
packaged quotations by the first process that asks for it.
"""

import hashlib
import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from quoteserver.errors import QuoteserverError, StoreDownError, UsageError
from quoteserver.quotations import PACKAGED, Quotation, Text, read_texts
from quoteserver.stores import Contents
from quoteserver.stores._sqlite_file import build_if_absent, replace

_PREFIX = "sqlite:///"
_SELECT = "SELECT quote, author FROM quotes WHERE id = ?"


class SqliteStore:
    """A connection that is opened when it is needed, and again when another file stands in its place."""

    waits = True

    def __init__(self, path: Path, *, immutable: bool) -> None:
        """Nobody writes into an ``immutable`` file, only ever replaces it, so that sqlite can read it without locks."""
        self._path = path
        self._uri = f"{path.as_uri()}?mode=ro" + ("&immutable=1" if immutable else "")
        # One connection for all threads, since a server may start a thread for each request. sqlite would order them
        # itself; the lock also keeps them from the moment in which the connection changes.
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None
        self._was_there = False

    def get(self, number: int) -> Quotation | None:
        """The document of that number, or None where there is none."""
        row = self._row(_SELECT, (number,))
        return Quotation(number, *row) if row else None

    def check(self) -> None:
        """Reads one row."""
        self._row("SELECT id FROM quotes LIMIT 1")

    def contents(self) -> Contents:
        """What was noted when the file was written."""
        row = self._row("SELECT documents, distinct_texts FROM about")
        documents, distinct = row or (0, 0)
        first, last = (1, documents) if documents else (None, None)
        return Contents("sqlite", f"{_PREFIX}{self._path}", documents, distinct, first, last)

    def close(self) -> None:
        """Closes the connection; the next question opens another."""
        with self._lock:
            self._disconnect()

    def _row(self, statement: str, values: tuple[int, ...] = ()) -> tuple[Any, ...] | None:
        with self._lock:
            try:
                row: tuple[Any, ...] | None = self._current().execute(statement, values).fetchone()
            except (sqlite3.Error, OSError) as exc:
                self._disconnect()
                raise StoreDownError(
                    f"The sqlite store '{self._path}' cannot be read: {exc}.",
                    f"Fill it with: quoteserver load --store {_PREFIX}{self._path}",
                ) from exc
        return row

    def _current(self) -> sqlite3.Connection:
        """The connection to the file that stands there now; asking the system which that is takes a microsecond."""
        if not self._was_there and not self._path.exists():
            build_if_absent(self._path, read_texts(PACKAGED))
        status = os.stat(self._path)  # noqa: PTH116 - pathlib takes three times as long, on every request
        file = (status.st_dev, status.st_ino)
        if self._connection is None or file != self._file:
            self._disconnect()
            self._connection = sqlite3.connect(self._uri, uri=True, check_same_thread=False)
            self._file, self._was_there = file, True
        return self._connection

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def default_url() -> str:
    """The store of whoever names none: a file in the user's cache, named after the packaged quotations in it."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser())
    digest = hashlib.sha256(PACKAGED.read_bytes()).hexdigest()[:12]
    return f"{_PREFIX}{cache / 'quoteserver' / f'quotes-{digest}.db'}"


def open_store(url: str) -> SqliteStore:
    """The store in that file.

    Raises:
        UsageError: the URL names no file.
    """
    return SqliteStore(_path(url), immutable=url == default_url())


def load(url: str, texts: Sequence[Text], documents: int) -> Iterator[int]:
    """Writes the file anew; whoever reads the old one goes on until the new one stands in its place.

    Raises:
        UsageError: the URL names no file, or one that is no store of quotations.
        QuoteserverError: the file cannot be written.
    """
    path = _path(url)
    try:
        yield from replace(path, texts, documents)
    except (sqlite3.Error, OSError) as exc:
        raise QuoteserverError(f"'{path}' cannot be written: {exc}.", "Name a file in a directory of yours.") from exc


def _path(url: str) -> Path:
    if not url.startswith(_PREFIX) or url == _PREFIX or url.endswith("/") or "\0" in url:
        raise UsageError(f"'{url}' names no sqlite file.", "Write sqlite:///file.db or sqlite:////var/lib/quotes.db.")
    try:
        return Path(url.removeprefix(_PREFIX)).expanduser().absolute()
    except RuntimeError as exc:
        raise UsageError(f"'{url}' names no sqlite file: {exc}", "Write the path without ~.") from exc
