"""What holds for all stacks of a run alike."""

from wsgibench.model.record import Record


class Setup(Record, frozen=True, kw_only=True):
    """How stacks are set up where neither their names nor options say.

    Attributes:
        bind: what hops go by, as in ``Stack``.
        keep_alive: whether connections are kept by uWSGI's HTTP router, and between a proxy and its server.
        compression: whether a proxy compresses for clients that take it.
        access_log: whether a proxy writes an access log.
        forwarded_proto: ``https`` where all is to be as behind a further proxy that speaks it to clients: requests say
            so in X-Forwarded-Proto, and the stack believes them; None for no such proxy.
        prefix: path below which the app is mounted, ``/shop``; empty for the root.
    """

    bind: str = "unix"
    keep_alive: bool = True
    compression: bool = False
    access_log: bool = False
    forwarded_proto: str | None = None
    prefix: str = ""


DEFAULT_SETUP = Setup()
ARTICLE_SETUP = Setup(bind="tcp-http", keep_alive=False, compression=True, access_log=True)
"""As the article did, which left all of it at what servers and nginx did by themselves; but for hops that speak the
uwsgi protocol, which over TCP lets any user of the machine run code as the server's user."""


def forwarding(proto: str | None) -> tuple[tuple[str, str], ...]:
    """What a proxy sends that speaks this scheme to clients; nothing for None."""
    return (("X-Forwarded-Proto", proto),) if proto else ()
