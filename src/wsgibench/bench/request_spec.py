"""What is asked of the app."""

import re
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from wsgibench.bench.apps import SAMPLE
from wsgibench.bench.option_rows.requests import header_of, mounted_below, range_of, require_path, require_status
from wsgibench.bench.run_options import RunOptions
from wsgibench.deploy.store import look_at_store
from wsgibench.errors import UsageError
from wsgibench.model.load import ID, WORD, Requests, parts_of
from wsgibench.model.setup import forwarding
from wsgibench.units import format_size

_SAMPLE_PATH = "/quotes/byId?id={id}"
_IN_PATHS = "/?&=:;,@!$'()*+~%#[]"
"""What stands in a path as it was given; all else is percent-encoded, as browsers do."""
_WORDS_MOST_BYTES = 16 << 20
_A_WORD_A_LINE = "It is text with a word a line."
_WORDS = ("love", "time", "heart", "world", "night", "life", "day", "mind", "truth", "hope")


def requests_of(run_options: RunOptions) -> tuple[Requests, str | None]:
    """What is asked, and what the sample app's store says of itself."""
    store, first, last = None, 1, 1
    paths = tuple(run_options.paths)
    if run_options.app.target == SAMPLE:
        found = look_at_store(run_options.app)
        store, first, last = found.words, found.first_id, found.last_id
        paths = paths or (_SAMPLE_PATH,)
    prefix = mounted_below(run_options.prefix)
    if not run_options.paths:
        paths = tuple(prefix + path for path in paths or ("/",))
    for path in paths:
        _check_below(require_path(path), prefix)
    paths = tuple(map(_encoded, paths))
    if run_options.ids is not None:
        first, last = range_of(run_options.ids)
    elif store is None and any(ID in path for path in paths):
        raise UsageError("The path has {id}, and nothing says which there are.", "Give --ids FIRST..LAST.")
    requests = Requests(
        paths=paths,
        first_id=first,
        last_id=last,
        words=_words(run_options.words, paths),
        method=_method(run_options),
        headers=_headers(run_options),
        body=run_options.body,
        expect=tuple(dict.fromkeys(map(require_status, run_options.expect))),
    )
    return requests, store


def _check_below(path: str, prefix: str) -> None:
    # The slash tells /shop/a from /shopping.
    if not f"{re.split('[?#]', path)[0]}/".startswith(f"{prefix}/"):
        raise UsageError(f"'{path}' does not lie below the prefix '{prefix}'.", f"Write --path {prefix}{path}.")


def _encoded(path: str) -> str:
    """The path as it is sent, but for what is drawn."""
    return "".join(
        part if number % 2 else quote(part, safe=_IN_PATHS, errors="surrogateescape")
        for number, part in enumerate(parts_of(path))
    )


def _headers(run_options: RunOptions) -> tuple[tuple[str, str], ...]:
    headers = tuple(header_of(text) for text in run_options.headers)
    if run_options.forwarded_proto is None:
        return headers
    if any(name.lower() == "x-forwarded-proto" for name, _ in headers):
        raise UsageError(
            "X-Forwarded-Proto is given twice.",
            "Leave the --header out: --forwarded-proto sends it, and makes the stack believe it.",
        )
    return (*headers, *forwarding(run_options.forwarded_proto))


def _method(run_options: RunOptions) -> str:
    """As asked for, else POST where there is a body."""
    return run_options.method or ("POST" if run_options.body is not None else "GET")


def _words(file: str | None, paths: Sequence[str]) -> tuple[str, ...]:
    if not any(WORD in path for path in paths):
        return ()
    if file is None:
        return _WORDS
    try:
        with Path(file).open("rb") as opened:
            data = opened.read(_WORDS_MOST_BYTES + 1)
        if len(data) > _WORDS_MOST_BYTES:
            raise UsageError(f"'{file}' is longer than {format_size(_WORDS_MOST_BYTES)}.", _A_WORD_A_LINE)
        # Each once: a path is asked no second time before all were.
        lines = dict.fromkeys(line.strip() for line in data.decode().splitlines())
        words = tuple(quote(line, safe="") for line in lines if line)
    except (OSError, UnicodeDecodeError) as exc:
        raise UsageError(f"The words in '{file}' cannot be read: {exc}.", _A_WORD_A_LINE) from exc
    if not words:
        raise UsageError(f"'{file}' holds no words.", _A_WORD_A_LINE)
    return words
