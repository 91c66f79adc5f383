"""Where quotations are kept: one file a kind of store, chosen by the scheme of its URL, imported when it is used.

A store's module has two functions: ``open_store(url)`` gives a Store that is not yet connected, and
``load(url, texts, documents)`` replaces what the store holds, yielding how many documents are written so far.
"""

import importlib
import os
import re
import threading
from collections.abc import Iterator, Sequence
from types import ModuleType
from typing import NamedTuple, Protocol

from quoteserver.errors import StoreDownError, UsageError
from quoteserver.quotations import Quotation, Text

FORMS = "sqlite:///path, elasticsearch://host:9200/index, elasticsearch+https://host:9200/index or memory://"
_MODULES = {
    "sqlite": "sqlite",
    "elasticsearch": "elasticsearch",
    "elasticsearch+https": "elasticsearch",
    "memory": "memory",
}


class Contents(NamedTuple):
    """What a store holds; documents are numbered without gaps.

    ``store`` is its URL, ``distinct_texts`` is None where the store does not know, the ids are None where it is empty.
    """

    backend: str
    store: str
    documents: int
    distinct_texts: int | None
    first_id: int | None
    last_id: int | None


class Store(Protocol):
    """A place that quotations are read from, by any number of threads of one process.

    It connects when it is first asked, and again after a failure. While it does not answer, every question raises
    StoreDownError. ``waits`` says whether an answer may take its time, for a file or for another program.
    """

    waits: bool

    def get(self, number: int) -> Quotation | None:
        """The document of that number, 0 to 2**63 - 1, or None where there is none."""

    def check(self) -> None:
        """Asks for a sign of life."""

    def contents(self) -> Contents:
        """What it holds."""

    def close(self) -> None:
        """Gives connections and files back."""


class StorePerProcess:
    """A store that forked workers can share: each process that asks gets one of its own.

    What the parent opened stays referenced and untouched in its children, since closing a connection in one process
    may say goodbye on behalf of the other.
    """

    def __init__(self, url: str) -> None:
        self._module = _module(url)
        self._url = url
        self._stores: dict[int, Store] = {os.getpid(): self._module.open_store(url)}
        self._locks: dict[int, threading.Lock] = {}

    def current(self) -> Store:
        """The store of this process."""
        pid = os.getpid()
        store = self._stores.get(pid)
        if store is None:
            # A lock by process: one that was held in the parent at the fork would never be released here.
            with self._locks.setdefault(pid, threading.Lock()):
                store = self._stores.get(pid) or self._module.open_store(self._url)
                self._stores[pid] = store
        return store


def configured_url(store: str | None = None) -> str:
    """The URL that is given, else that of ``QUOTES_STORE``, else that of the packaged quotations in sqlite."""
    url = store or os.environ.get("QUOTES_STORE")
    if url:
        return url
    default: str = _module("sqlite://").default_url()
    return default


def open_store(url: str) -> Store:
    """The store at that URL, not yet connected.

    Raises:
        UsageError: the URL cannot be understood.
    """
    store: Store = _module(url).open_store(url)
    return store


def load(url: str, texts: Sequence[Text], documents: int) -> Iterator[int]:
    """Makes documents 1 to ``documents``, cycling over the texts, all that the store holds.

    Yields how many are written so far; the work is done when the iterator ends, and may be done again.

    Raises:
        UsageError: the URL cannot be understood, or what is there is no store of quotations.
        QuoteserverError: it cannot be written.
    """
    written: Iterator[int] = _module(url).load(url, texts, documents)
    return written


def without_password(url: str) -> str:
    """The URL as it may be shown: one of another kind of store may hold a user and a password."""
    return re.sub(r"(?<=://).*@", "***@", url)


def _module(url: str) -> ModuleType:
    scheme, separator, _ = url.partition("://")
    if not separator or scheme not in _MODULES:
        raise UsageError(f"'{without_password(url)}' is no URL of a store.", f"Write {FORMS}.")
    try:
        return importlib.import_module(f"quoteserver.stores.{_MODULES[scheme]}")
    except ModuleNotFoundError as exc:
        raise StoreDownError(
            f"The store '{scheme}' needs the Python package '{exc.name}'.",
            f"Install it: pip install 'wsgibench[{_MODULES[scheme]}]'",
        ) from exc
