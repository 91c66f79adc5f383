"""An answer that is not right, with what is known around it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from wsgibench.model.load import Requests
from wsgibench.model.setup import DEFAULT_SETUP, Setup
from wsgibench.processes.request import Response

_SAID = 4000
"""Characters of a body that are looked through for words."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What was asked, what came, what the server said meanwhile.

    Attributes:
        path: as it was asked for.
        template: as the user gave it, ``/items/{id}``.
        log: the end of what the server said.
        variables: names of those that the user gives the app.
        is_proxied: whether a proxy of the stack's may have answered.
        forks_loaded: whether its server loads the app before it forks its workers.
        right_below: whether the path without its first part is answered right; None where that was not asked.
    """

    requests: Requests
    path: str
    template: str
    answer: Response
    setup: Setup = DEFAULT_SETUP
    log: str = ""
    variables: tuple[str, ...] = ()
    is_proxied: bool = False
    forks_loaded: bool = False
    right_below: bool | None = None

    @property
    def status(self) -> int:
        """Of the answer."""
        return self.answer.status

    @property
    def headers(self) -> Mapping[str, str]:
        """Of the answer, their names in lower case."""
        return self.answer.headers

    @property
    def said(self) -> str:
        """The beginning of the body, and the log."""
        return self.answer.body[:_SAID].decode(errors="replace") + self.log

    @property
    def asked(self) -> SplitResult:
        """The path's parts."""
        return urlsplit(f"//host{self.path}")

    @property
    def location(self) -> SplitResult | None:
        """Where the answer sends its client; None where it does not, or nobody can read it."""
        try:
            return urlsplit(self.headers["location"]) if 300 <= self.status < 400 else None
        except (KeyError, ValueError):
            return None

    def sends(self, header: str) -> str | None:
        """The value of a header of the user's; None where there is none."""
        return next((value for name, value in self.requests.headers if name.lower() == header.lower()), None)


def plain(text: str) -> str:
    """What is safe between quotes on a command line, of what the app sent."""
    return re.sub(r"[^\w.:\[\]-]", "", text, flags=re.ASCII)[:100]
