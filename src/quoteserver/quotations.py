"""Quotations, and the files that they are read from."""

import csv
import gzip
import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from importlib import resources
from pathlib import Path
from typing import NamedTuple, TextIO

from quoteserver.errors import UsageError

PACKAGED = Path(str(resources.files("quoteserver"))) / "data" / "quotations.jsonl.gz"
"""8,558 quotations by 136 authors; provenance in the README beside it."""


class Text(NamedTuple):
    """What was said, and by whom."""

    quote: str
    author: str


class Quotation(NamedTuple):
    """A document of a store: a text under its number, counted from 1."""

    id: int
    quote: str
    author: str


def cycle(texts: Sequence[Text], documents: int) -> Iterator[Quotation]:
    """Documents 1 to ``documents``, of which document i holds text (i - 1) mod N."""
    count = len(texts)
    return (Quotation(number, *texts[(number - 1) % count]) for number in range(1, documents + 1))


def read_texts(path: Path) -> list[Text]:
    """The texts of a JSONL or CSV file with ``quote`` and ``author``, in its order; it may be gzipped.

    Raises:
        UsageError: the file cannot be read, or a line of it is no quotation.
    """
    kind = path.name.removesuffix(".gz").rpartition(".")[2].lower()
    if kind not in _ROWS:
        raise UsageError(f"'{path}' is neither JSONL nor CSV by its name.", "Name it .jsonl or .csv, or that with .gz.")
    opener = gzip.open if path.name.endswith(".gz") else open
    try:
        with opener(path, "rt", encoding="utf-8-sig", newline="") as file:
            texts = [_text(path, number, row) for number, row in _ROWS[kind](file)]
    except (OSError, EOFError, zlib.error) as exc:
        raise UsageError(f"'{path}' cannot be read: {exc}.", "Check its name and its permissions.") from exc
    except (ValueError, csv.Error) as exc:
        raise UsageError(
            f"'{path}' is not {kind.upper()} in UTF-8: {exc}.", "Mend the file and load it again."
        ) from exc
    if not texts:
        raise UsageError(f"'{path}' holds no quotations.", "Give a file with one quotation a line.")
    return texts


def _text(path: Path, number: int, row: object) -> Text:
    if isinstance(row, dict):
        quote, author = row.get("quote"), row.get("author")
        if isinstance(quote, str) and isinstance(author, str) and _is_storable(quote) and _is_storable(author):
            return Text(quote, author)
    raise UsageError(
        f"Line {number} of '{path}' has no quotation.", "Each needs 'quote' and 'author', both text and not empty."
    )


def _is_storable(text: str) -> bool:
    """Not empty, and no half of a surrogate pair, which JSON can spell and UTF-8 cannot."""
    return bool(text.strip()) and not any("\ud800" <= letter <= "\udfff" for letter in text)


def _jsonl(file: TextIO) -> Iterable[tuple[int, object]]:
    return ((number, json.loads(line)) for number, line in enumerate(file, 1) if line.strip())


def _csv(file: TextIO) -> Iterable[tuple[int, object]]:
    reader = csv.DictReader(file)
    return ((reader.line_num, row) for row in reader)


_ROWS = {"jsonl": _jsonl, "csv": _csv}
