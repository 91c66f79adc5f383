"""What is asked."""

import re
from functools import lru_cache
from math import prod

from wsgibench.model.record import Record

_ENCLOSING = ("POST", "PUT", "PATCH")
"""Methods whose requests say their length even where there is no body: RFC 9110, section 8.6."""
_SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")
"""Methods that change nothing: RFC 9110, section 9.2.1."""
_BETWEEN = {"cookie": "; "}
"""What stands between values of one header, where it is no comma: RFC 6265, section 4.2.1."""

ID, WORD = "{id}", "{word}"
"""What stands for another number or word in each request."""
_DRAWN = re.compile(f"({re.escape(ID)}|{re.escape(WORD)})")


@lru_cache(maxsize=1024)
def parts_of(template: str) -> tuple[str, ...]:
    """What a template is made of: text, and what is drawn (``ID`` or ``WORD``), by turns; text at both ends."""
    return tuple(_DRAWN.split(template))


def path_of(template: str, number: int | str, word: str) -> str:
    """The path that a template makes of an id and a word."""
    drawn = {ID: str(number), WORD: word}
    return "".join(drawn.get(part, part) for part in parts_of(template))


class Requests(Record, frozen=True, kw_only=True):
    """What is asked, by whoever asks: readiness, verification, warm-up and every engine.

    Attributes:
        paths: templates, each as likely as the others; ``{id}`` is a whole number drawn from ``first_id`` to
            ``last_id``, ``{word}`` one of ``words``, without replacement. Both are percent-encoded where need be, and
            sent as they stand.
        headers: sent with each request; one of ours of the same name is left out.
        body: sent with each request.
        expect: statuses that are right; without any, all from 200 to 299 are.
    """

    paths: tuple[str, ...]
    first_id: int = 1
    last_id: int = 1
    words: tuple[str, ...] = ()
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    body: str | None = None
    timeout_s: float = 10.0
    expect: tuple[int, ...] = ()

    @property
    def writes(self) -> bool:
        """Whether they are of a method that may change what the app keeps."""
        return self.method not in _SAFE

    def choices(self, template: str) -> tuple[int, int]:
        """How many ids and how many words the template has room for; 1 where it has none."""
        ids = self.last_id - self.first_id + 1 if ID in parts_of(template) else 1
        return ids, max(len(self.words), 1) if WORD in parts_of(template) else 1

    @property
    def paths_in_all(self) -> int:
        """How many different paths there are."""
        return sum(prod(self.choices(template)) for template in set(self.paths))

    def is_right(self, status: int) -> bool:
        """Whether an answer of that status is a good one."""
        return status in self.expect if self.expect else 200 <= status < 300

    def headers_to(self, host: str) -> tuple[tuple[str, str], ...]:
        """All headers of a request, in the order in which they are sent.

        One that was given more than once is sent once, with all its values (RFC 9110 section 5.3): not every client can
        repeat a name, and all are to send the same.
        """
        ours = {"Host": host, "User-Agent": "wsgibench", "Accept": "*/*", "Accept-Encoding": "identity"}
        if self.body is not None or self.method in _ENCLOSING:
            ours["Content-Length"] = str(len((self.body or "").encode()))
        given: dict[str, tuple[str, str]] = {}
        for name, value in self.headers:
            key = name.lower()
            first, before = given.get(key, (name, ""))
            given[key] = (first, f"{before}{_BETWEEN.get(key, ', ')}{value}" if key in given else value)
        return (*((name, value) for name, value in ours.items() if name.lower() not in given), *given.values())
