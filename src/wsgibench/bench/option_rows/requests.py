"""What is asked, and which answers are right."""

import re

from wsgibench.errors import UsageError
from wsgibench.model.option import Option

_NAMED = re.compile(r"\{([A-Za-z_]\w*)\}")
"""What looks as if something were to be put there; other braces are part of the path, as in ``?q={"name":"a"}``."""
_PREFIX = re.compile(r"(/[A-Za-z0-9._~-]+)+")
_HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\x00-\x1f\x7f]*)")
_STATUSES = range(200, 600)


def require_path(path: str) -> str:
    """The path.

    Raises:
        UsageError: it is none, or something unknown is to be drawn for it.
    """
    if not path.startswith("/") or any(ord(character) <= 32 for character in path):
        raise UsageError(f"'{path}' is no path.", "It begins with / and has no blanks: --path '/items/{id}'.")
    unknown = set(_NAMED.findall(path)) - {"id", "word"}
    if unknown:
        raise UsageError(
            f"'{path}' holds {{{unknown.pop()}}}, which means nothing.",
            "There are {id} and {word}; braces that are meant as such are written %7B and %7D.",
        )
    return path


def range_of(text: str) -> tuple[int, int]:
    """First and last of ``1..5000``.

    Raises:
        UsageError: it is no such range.
    """
    match = re.fullmatch(r"(\d{1,18})\.\.(\d{1,18})", text)
    if not match or int(match[1]) > int(match[2]):
        raise UsageError(f"'{text}' is no range of ids.", "Write --ids 1..5000.")
    return int(match[1]), int(match[2])


def _require_method(method: str) -> None:
    if not re.fullmatch(r"[A-Z]{1,20}", method):
        raise UsageError(f"'{method}' is no method of HTTP.", "Write it in capitals: --method PUT.")


def header_of(text: str) -> tuple[str, str]:
    """Name and value of ``Name: value``.

    Raises:
        UsageError: it is no header, or would be several.
    """
    match = _HEADER.fullmatch(text)
    if not match:
        raise UsageError(f"'{text}' is no header.", "Write --header 'Accept: application/json'.")
    return match[1], match[2]


def require_status(status: int) -> int:
    """The status.

    Raises:
        UsageError: no response that ends a request has it.
    """
    if status not in _STATUSES:
        raise UsageError(f"{status} is no status of an answer.", "Write --expect 302: from 200 to 599.")
    return status


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


REQUESTS = (
    Option(
        key="path",
        field="paths",
        kind="text",
        metavar="PATH",
        repeatable=True,
        help="What to ask for; {id} and {word} stand for each number and word in random order. Repeatable.",
        check=require_path,
    ),
    Option(key="ids", kind="text", metavar="FIRST..LAST", help="What {id} is drawn from.", check=range_of),
    Option(key="words", kind="text", metavar="FILE", help="What {word} is drawn from: a word a line."),
    Option(
        key="method",
        kind="text",
        metavar="NAME",
        help="Of HTTP. Default: GET, and POST where there is a body.",
        check=_require_method,
    ),
    Option(
        key="header",
        field="headers",
        kind="text",
        metavar="'NAME: VALUE'",
        repeatable=True,
        help="Sent with each request; a name that is repeated once, with all its values. Repeatable.",
        check=header_of,
    ),
    Option(key="body", kind="text", metavar="TEXT", help="Sent with each request."),
    Option(
        key="expect",
        kind="integer",
        metavar="STATUS",
        repeatable=True,
        help="A status that is right, 302 for one. Default: all from 200 to 299. Repeatable.",
        check=require_status,
    ),
    Option(
        key="forwarded_proto",
        kind="choice",
        choices=("https", "http"),
        help="Ask as a proxy does that speaks it to clients (X-Forwarded-Proto), and let the stack believe it.",
    ),
    Option(
        key="prefix",
        kind="text",
        metavar="PATH",
        help="Mount the app below it, as in /shop: its SCRIPT_NAME. Paths are given with it.",
        check=mounted_below,
    ),
    Option(
        key="bodies",
        kind="choice",
        default="on",
        choices=("on", "off", "same"),
        help="on: bodies must be the same on every stack that serves the same variant; same: on all variants, too; "
        "off: status alone counts.",
    ),
)
