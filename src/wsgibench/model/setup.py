"""What holds for all stacks of a run alike."""

from wsgibench.model.record import Record


class Setup(Record, frozen=True, kw_only=True):
    """How stacks are set up where neither their names nor options say.

    Attributes:
        bind: what hops go by, as in ``Stack``.
        keep_alive: whether connections are kept by uWSGI's HTTP router, and between a proxy and its server.
        compression: whether a proxy compresses for clients that take it.
        access_log: whether a proxy writes an access log.
    """

    bind: str = "unix"
    keep_alive: bool = True
    compression: bool = False
    access_log: bool = False


DEFAULT_SETUP = Setup()
ARTICLE_SETUP = Setup(bind="tcp-http", keep_alive=False, compression=True, access_log=True)
"""As the article did, which left all of it at what servers and nginx did by themselves; but for hops that speak the
uwsgi protocol, which over TCP lets any user of the machine run code as the server's user."""
