"""``memory://``: the packaged quotations in a list of each process."""

from collections.abc import Iterator, Sequence

from quoteserver.errors import UsageError
from quoteserver.quotations import PACKAGED, Quotation, Text, read_texts
from quoteserver.stores import Contents

URL = "memory://"


class MemoryStore:
    """Texts in a list, of which the first is document 1."""

    waits = False

    def __init__(self, texts: Sequence[Text]) -> None:
        self._texts = texts

    def get(self, number: int) -> Quotation | None:
        """The document of that number, or None where there is none."""
        return Quotation(number, *self._texts[number - 1]) if 1 <= number <= len(self._texts) else None

    def check(self) -> None:
        """Always well."""

    def contents(self) -> Contents:
        """As many documents as texts."""
        count = len(self._texts)
        first, last = (1, count) if count else (None, None)
        return Contents("memory", URL, count, len(set(self._texts)), first, last)

    def close(self) -> None:
        """Nothing to give back."""


def open_store(url: str) -> MemoryStore:
    """The packaged quotations.

    Raises:
        UsageError: the URL says more than ``memory://``.
    """
    if url != URL:
        raise UsageError(f"'{url}' is no URL of a memory store.", f"Write {URL}, with nothing after it.")
    return MemoryStore(read_texts(PACKAGED))


def load(url: str, texts: Sequence[Text], documents: int) -> Iterator[int]:  # noqa: ARG001 - the signature of all stores
    """Refuses: what is loaded here would be gone with this process.

    Raises:
        UsageError: always.
    """
    raise UsageError(
        f"The store '{url}' ends with the process, so it cannot be loaded.", "Load sqlite or elasticsearch."
    )
