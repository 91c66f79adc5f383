"""What stacks can be ranked by."""

from wsgibench.model.record import Record


class Objective(Record, frozen=True, kw_only=True):
    """One figure of a trial, and which way is better.

    Attributes:
        name: as given to ``--objective``.
        title: what the best stack has: ``Most requests/s``.
        noun: the figure in a sentence: ``requests/s``.
        unit: of the figure: ``1/s``, ``s``, ``s/1000`` (CPU seconds for 1,000 requests), ``bytes``.
        saturated: measured while the stack does all it can, where the run has such a phase; else at the same load.
    """

    name: str
    title: str
    noun: str
    unit: str
    higher_is_better: bool = False
    saturated: bool = False


OBJECTIVES = {
    objective.name: objective
    for objective in (
        Objective(
            name="throughput",
            title="Most requests/s",
            noun="requests/s",
            unit="1/s",
            higher_is_better=True,
            saturated=True,
        ),
        Objective(
            name="capacity",
            title="Most requests/s within the limits",
            noun="capacity",
            unit="1/s",
            higher_is_better=True,
        ),
        Objective(name="mean", title="Lowest mean response time", noun="mean response time", unit="s"),
        Objective(name="p50", title="Lowest median response time", noun="median response time", unit="s"),
        Objective(name="p90", title="Lowest p90 of response times", noun="p90 of response times", unit="s"),
        Objective(name="p99", title="Lowest p99 of response times", noun="p99 of response times", unit="s"),
        Objective(name="cpu", title="Least CPU", noun="CPU time for 1,000 requests", unit="s/1000"),
        Objective(name="memory", title="Least memory", noun="memory (PSS)", unit="bytes"),
    )
}
