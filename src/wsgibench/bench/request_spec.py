"""What is asked of the app."""

import re
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from wsgibench.bench.apps import SAMPLE
from wsgibench.bench.run_options import RunOptions
from wsgibench.deploy.store import look_at_store
from wsgibench.errors import UsageError
from wsgibench.model.load import ID, WORD, Requests
from wsgibench.model.setup import forwarding
from wsgibench.units import format_size

_SAMPLE_PATH = "/quotes/byId?id={id}"
_IN_PATHS = "/?&=:;,@!$'()*+~%#[]"
"""What stands in a path as it was given; all else is percent-encoded, as browsers do."""
_DRAWN = re.compile(r"(\{(?:id|word)\})")
_NAMED = re.compile(r"\{([A-Za-z_]\w*)\}")
"""What looks as if something were to be put there; other braces are part of the path, as in ``?q={"name":"a"}``."""
_PREFIX = re.compile(r"(/[A-Za-z0-9._~-]+)+")
_STATUSES = range(200, 600)
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
        _check_path(path, prefix)
    paths = tuple(map(_encoded, paths))
    if run_options.ids is not None:
        first, last = _range(run_options.ids)
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
        expect=_statuses(run_options.expect),
    )
    return requests, store


def mounted_below(prefix: str | None) -> str:
    """The prefix without a slash at its end; empty for the root.

    Raises:
        UsageError: an app cannot be mounted there, on any server.
    """
    if prefix is None:
        return ""
    below = prefix.removesuffix("/")
    if not _PREFIX.fullmatch(below) or {".", ".."} & set(below.split("/")):
        raise UsageError(
            f"An app cannot be mounted below '{prefix}'.",
            "Write --prefix /shop: letters, digits, '.', '_', '~' and '-'.",
        )
    return below


def _check_path(path: str, prefix: str) -> None:
    if not path.startswith("/") or any(ord(character) <= 32 for character in path):
        raise UsageError(f"'{path}' is no path.", "It begins with / and has no blanks: --path '/items/{id}'.")
    unknown = set(_NAMED.findall(path)) - {"id", "word"}
    if unknown:
        raise UsageError(
            f"'{path}' holds {{{unknown.pop()}}}, which means nothing.",
            "There are {id} and {word}; braces that are meant as such are written %7B and %7D.",
        )
    # The slash tells /shop/a from /shopping.
    if not f"{re.split('[?#]', path)[0]}/".startswith(f"{prefix}/"):
        raise UsageError(f"'{path}' does not lie below the prefix '{prefix}'.", f"Write --path {prefix}{path}.")


def _encoded(path: str) -> str:
    """The path as it is sent, but for what is drawn."""
    parts = _DRAWN.split(path)
    return "".join(
        part if number % 2 else quote(part, safe=_IN_PATHS, errors="surrogateescape")
        for number, part in enumerate(parts)
    )


def _headers(run_options: RunOptions) -> tuple[tuple[str, str], ...]:
    headers = tuple(_header(text) for text in run_options.headers)
    if run_options.forwarded_proto is None:
        return headers
    if any(name.lower() == "x-forwarded-proto" for name, _ in headers):
        raise UsageError(
            "X-Forwarded-Proto is given twice.",
            "Leave the --header out: --forwarded-proto sends it, and makes the stack believe it.",
        )
    return (*headers, *forwarding(run_options.forwarded_proto))


def _statuses(expect: Sequence[int]) -> tuple[int, ...]:
    for status in expect:
        if status not in _STATUSES:
            raise UsageError(f"{status} is no status of an answer.", "Write --expect 302: from 200 to 599.")
    return tuple(dict.fromkeys(expect))


def _method(run_options: RunOptions) -> str:
    """As asked for, else POST where there is a body."""
    method = run_options.method or ("POST" if run_options.body is not None else "GET")
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
    if not any(WORD in path for path in paths):
        return ()
    if file is None:
        return _WORDS
    try:
        with Path(file).open("rb") as opened:
            data = opened.read(_WORDS_MOST_BYTES + 1)
        if len(data) > _WORDS_MOST_BYTES:
            raise UsageError(f"'{file}' is longer than {format_size(_WORDS_MOST_BYTES)}.", _A_WORD_A_LINE)
        words = tuple(quote(line.strip(), safe="") for line in data.decode().splitlines() if line.strip())
    except (OSError, UnicodeDecodeError) as exc:
        raise UsageError(f"The words in '{file}' cannot be read: {exc}.", _A_WORD_A_LINE) from exc
    if not words:
        raise UsageError(f"'{file}' holds no words.", _A_WORD_A_LINE)
    return words
