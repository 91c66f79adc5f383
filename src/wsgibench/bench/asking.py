"""What is asked of the app."""

import re
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from wsgibench.bench.apps import SAMPLE
from wsgibench.bench.store import look_at_store
from wsgibench.bench.wishes import Wishes
from wsgibench.errors import UsageError
from wsgibench.model.load import Requests

_SAMPLE_PATH = "/quotes/byId?id={id}"
_IN_PATHS = "/?&=:;,@!$'()*+~%#[]{}"
"""What stands in a path as it was given; all else is percent-encoded, as browsers do."""
_WORDS = ("love", "time", "heart", "world", "night", "life", "day", "mind", "truth", "hope")


def requests_of(wishes: Wishes) -> tuple[Requests, str | None]:
    """What is asked, and what the sample app's store says of itself."""
    store, first, last = None, 1, 1
    paths = tuple(wishes.paths)
    if wishes.app.target == SAMPLE:
        found = look_at_store(wishes.app)
        store, first, last = found.words, found.first_id, found.last_id
        paths = paths or (_SAMPLE_PATH,)
    for path in paths:
        if not path.startswith("/") or any(ord(character) <= 32 for character in path):
            raise UsageError(f"'{path}' is no path.", "It begins with / and has no blanks: --path '/items/{id}'.")
        unknown = set(re.findall(r"\{(.*?)\}", path)) - {"id", "word"}
        if unknown:
            raise UsageError(f"'{path}' holds {{{unknown.pop()}}}, which means nothing.", "There are {id} and {word}.")
    paths = tuple(quote(path, safe=_IN_PATHS, errors="surrogateescape") for path in paths)
    if wishes.ids is not None:
        first, last = _range(wishes.ids)
    elif store is None and any("{id}" in path for path in paths):
        raise UsageError("The path has {id}, and nothing says which there are.", "Give --ids FIRST..LAST.")
    requests = Requests(
        paths=paths or ("/",),
        first_id=first,
        last_id=last,
        words=_words(wishes.words, paths),
        method=_method(wishes),
        headers=tuple(_header(text) for text in wishes.headers),
        body=wishes.body,
    )
    return requests, store


def _method(wishes: Wishes) -> str:
    """As asked for, else POST where there is a body."""
    method = wishes.method or ("POST" if wishes.body is not None else "GET")
    if not re.fullmatch(r"[A-Z]{1,20}", method):
        raise UsageError(f"'{method}' is no method of HTTP.", "Write it in capitals: --method PUT.")
    return method


def _header(text: str) -> tuple[str, str]:
    """Name and value of ``Name: value``."""
    match = re.fullmatch(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\x00-\x1f\x7f]*)", text)
    if not match:
        raise UsageError(f"'{text}' is no header.", "Write --header 'Accept: application/json'.")
    return match[1], match[2]


def _range(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{1,18})\.\.(\d{1,18})", text)
    if not match or int(match[1]) > int(match[2]):
        raise UsageError(f"'{text}' is no range of ids.", "Write --ids 1..5000.")
    return int(match[1]), int(match[2])


def _words(file: str | None, paths: Sequence[str]) -> tuple[str, ...]:
    if not any("{word}" in path for path in paths):
        return ()
    if file is None:
        return _WORDS
    try:
        words = tuple(quote(line.strip(), safe="") for line in Path(file).read_text().splitlines() if line.strip())
    except (OSError, UnicodeDecodeError) as exc:
        raise UsageError(f"The words in '{file}' cannot be read: {exc}.", "It is text with a word a line.") from exc
    if not words:
        raise UsageError(f"'{file}' holds no words.", "It is text with a word a line.")
    return words
