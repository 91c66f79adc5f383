"""What was seen of an answer that is not right, in a few lines that are safe to print."""

import re
from collections.abc import Iterator

from wsgibench.deploy.preflight.advice import advice
from wsgibench.deploy.preflight.seen import Seen
from wsgibench.errors import AnswerError
from wsgibench.model.load import Requests
from wsgibench.processes.logs import lines_of
from wsgibench.processes.request import Response

_BODY_BYTES = 20_000
_BODY_CHARACTERS = 200
_MARKUP = re.compile(r"<(script|style|svg)\b.*?</\1\s*>|<!--.*?-->|<[^>]*>", re.DOTALL | re.IGNORECASE)
_LINE_CHARACTERS = 200
_TRACEBACK = "Traceback (most recent call last):"
_TRACEBACK_LINES = 14
_LOG_LINES = 5


def refused(seen: Seen, label: str, *, before: int | None = None) -> AnswerError:
    """The error for a stack that answers so; ``before`` is the status that the same request had just before."""
    first = f"{before} to {seen.path} and then " if before is not None else ""
    to = "" if first else f" to {seen.path}"
    hint = "\n".join((*lines_about(seen), advice(seen)))
    return AnswerError(f"'{label}' answers {first}{seen.status}{to}.", hint, status=seen.status)


def remarks(requests: Requests, answer: Response) -> Iterator[str]:
    """Lines about an answer to the first of these paths that may well be meant so."""
    path = requests.paths[0]
    yield f"It answers {answer.status} to {path}."
    yield from lines_about(Seen(requests=requests, path=path, template=path, answer=answer))


def lines_about(seen: Seen) -> Iterator[str]:
    """``Location``, the beginning of the body, and of what failed the server's last words."""
    if "location" in seen.headers:
        yield f"Location: {escaped(seen.headers['location'])}"
    if seen.answer.body:
        yield f"It begins: {_beginning(seen.answer.body)}"
    if seen.status >= 500:
        yield from shown_log(seen.log)


def shown_log(log: str) -> Iterator[str]:
    """The last traceback in a log, else its last lines; each line indented. Nothing of an empty log."""
    lines = last_traceback(log)
    if lines:
        yield "Its last traceback:"
    else:
        lines = [line for line in lines_of(log) if line.strip()][-_LOG_LINES:]
        if lines:
            yield "The end of its log:"
    for line in lines:
        yield f"  {escaped(line)}"


def last_traceback(log: str) -> list[str]:
    """From its first line to the exception, the middle left out where it is long; empty where there is none."""
    lines = lines_of(log)
    begin = max((number for number, line in enumerate(lines) if line.rstrip().endswith(_TRACEBACK)), default=None)
    if begin is None:
        return []
    # Frames are indented; what follows them is the exception.
    end = next((number for number in range(begin + 1, len(lines)) if not lines[number][:1].isspace()), len(lines) - 1)
    found = [_TRACEBACK, *lines[begin + 1 : end + 1]]
    if len(found) > _TRACEBACK_LINES:
        found[1 : 2 - _TRACEBACK_LINES] = ["  ..."]
    return found


def escaped(text: str, most: int = _LINE_CHARACTERS) -> str:
    """The text in one line, what would move a terminal's cursor or colour its letters written out, and not too long."""
    line = "".join(
        character if character.isprintable() else character.encode("unicode_escape", "replace").decode()
        for character in text[: most + 1]
    )
    return line if len(line) <= most else f"{line[:most]}..."


def _beginning(body: bytes) -> str:
    """Of a page what one would read on it, or else the text as it is."""
    text = body[:_BODY_BYTES].decode(errors="replace")
    read = _MARKUP.sub(" ", text) if text.lstrip().startswith("<") else text
    return escaped(re.sub(r"\s+", " ", read).strip() or text, _BODY_CHARACTERS)
