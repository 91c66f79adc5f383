"""What a look at the machine found."""

from wsgibench.model.record import Record


class Check(Record, frozen=True, kw_only=True):
    """One thing that was looked at.

    Attributes:
        topic: ``server``, ``proxy``, ``engine``, ``monitor``, ``store``, ``machine``.
        name: ``gunicorn``, ``steal time``.
        state: ``good``; ``warning`` for what spoils measurements; ``missing`` for what is not installed.
        value: what was found, with its unit.
        meaning: what it means for a measurement; empty where it means nothing.
        advice: what to do; empty where nothing is to be done.
        requirements: what pip brings it by, where it is missing and pip does.
    """

    topic: str
    name: str
    state: str
    value: str
    meaning: str = ""
    advice: str = ""
    requirements: tuple[str, ...] = ()
