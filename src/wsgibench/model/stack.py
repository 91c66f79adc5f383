"""One way to serve an app."""

import re

import msgspec

from wsgibench.errors import UsageError
from wsgibench.model.record import Record
from wsgibench.model.variant import Variant

DIRECT = "direct"
ARTICLE_STACKS = (
    "gunicorn",
    "uwsgi-http",
    "werkzeug",
    "nginx+gunicorn",
    "nginx+uwsgi",
    "nginx+uwsgi-http",
    "nginx+werkzeug",
)
"""The seven of the article, in its order."""

BINDS = ("unix", "tcp", "tcp-http")
"""What the hops of a stack may go by."""

_NAME = re.compile(r"(?:(?P<proxy>[a-z0-9-]+)\+)?(?P<server>[a-z0-9-]+)(?P<suffixes>(?::[a-z0-9]+)*)")


class Stack(Record, frozen=True, kw_only=True):
    """proxy + server + workers + threads + what its hops go by (``bind``).

    A hop is a connection between two processes of the stack: proxy to server, or uWSGI's HTTP router to its workers.
    Hops go by ``unix``, private sockets; by ``tcp``; or by ``tcp-http``, which is TCP but for those that speak uwsgi.

    ``label`` tells it apart from others in a run: ``nginx+uwsgi``, ``nginx+uwsgi:w60`` where a setting varies, and
    ``nginx+uwsgi@new`` where the run has several variants of the app: then a stack with its variant is a candidate.
    """

    server: str
    proxy: str = DIRECT
    workers: int = 2
    threads: int = 1
    bind: str = "unix"
    suffix: str = ""
    variant: str = ""

    def __post_init__(self) -> None:
        for what, number in (("workers", self.workers), ("threads", self.threads)):
            if not 1 <= number <= 10_000:
                raise UsageError(f"{number} {what} cannot serve.", f"Give --{what} a number from 1 to 10000.")
        if self.bind not in BINDS:
            raise UsageError(f"Hops cannot go by '{self.bind}'.", f"Choose one of {', '.join(BINDS)}.")

    @property
    def name(self) -> str:
        """``gunicorn`` or ``nginx+gunicorn``, without suffix."""
        return self.server if self.proxy == DIRECT else f"{self.proxy}+{self.server}"

    @property
    def label(self) -> str:
        """The name with its suffix and variant; unique within a run."""
        return f"{self.name}{self.suffix}{f'@{self.variant}' if self.variant else ''}"

    @property
    def way(self) -> str:
        """What tells its lines from those of other stacks with the same server: ``direct``, ``nginx@new``."""
        return f"{self.proxy}@{self.variant}" if self.variant else self.proxy

    def goes_by(self, protocol: str) -> str:
        """``unix`` or ``tcp``: the kind of socket of a hop that speaks this protocol."""
        if self.bind == "tcp-http":
            return "tcp" if protocol == "http" else "unix"
        return self.bind


def parse_candidate(label: str) -> Stack:
    """The stack of a label, with the variant behind its ``@`` if it has one.

    Raises:
        UsageError: it is no label.
    """
    name, at, variant = label.partition("@")
    return msgspec.structs.replace(parse_stack(name), variant=Variant(name=variant).name if at else "")


def parse_stack(text: str, *, workers: int = 2, threads: int = 1, bind: str = "unix") -> Stack:
    """The stack that the text names; ``:w60``, ``:t4``, ``:unix`` and ``:tcp`` set what they say, for this stack alone.

    Whether proxy and server exist is for the registries to say.

    Raises:
        UsageError: the text is not the name of a stack.
    """
    match = _NAME.fullmatch(text)
    if not match:
        raise UsageError(
            f"'{text}' does not name a stack.",
            "Write SERVER or PROXY+SERVER, for example gunicorn or nginx+uwsgi:w6.",
        )
    suffixes = match["suffixes"].split(":")[1:]
    kinds = [suffix[0] if suffix[:1] in "wt" and suffix[1:].isdigit() else "bind" for suffix in suffixes]
    if len(set(kinds)) < len(kinds):
        raise UsageError(f"'{text}' sets the same thing twice.", "Give each kind of suffix once.")
    for suffix in suffixes:
        if number := re.fullmatch(r"([wt])(\d{1,5})", suffix):
            workers, threads = (int(number[2]), threads) if number[1] == "w" else (workers, int(number[2]))
        elif suffix in ("tcp", "unix"):
            bind = suffix
        else:
            raise UsageError(
                f"'{text}' has the suffix ':{suffix}', which means nothing.",
                "There are :w60, :t4, :unix and :tcp.",
            )
    return Stack(
        server=match["server"],
        proxy=match["proxy"] or DIRECT,
        workers=workers,
        threads=threads,
        bind=bind,
        suffix=match["suffixes"],
    )
