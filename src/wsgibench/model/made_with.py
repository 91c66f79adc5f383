"""What a run was made with, as far as its figures are not understood without it.

It is kept with the run, so that a run can be read where none of it is installed, nor even known.
"""

from wsgibench.model.record import Record


class Layout(Record, frozen=True, kw_only=True):
    """How a monitor writes the layout that all have in common (``monitors``).

    Attributes:
        kib_bytes: what it takes for a kB of /proc/meminfo.
        skip_first: whether its first sample counts since boot.
    """

    kib_bytes: int = 1024
    skip_first: bool = False


class StackFacts(Record, frozen=True, kw_only=True):
    """How a stack works, with its workers and threads.

    Attributes:
        distribution: what provides its server on the package index.
        has_workers: whether its server starts processes of workers.
        threads_each: threads that run the app in each process; None for one for each connection.
        at_once: how many requests it runs at a time; None for as many as come.
        has_hops: whether its processes reach one another through sockets.
    """

    distribution: str
    has_workers: bool = True
    threads_each: int | None = None
    at_once: int | None = None
    has_hops: bool = False


class MadeWith(Record, frozen=True, kw_only=True):
    """All of it.

    Attributes:
        stacks: by label.
        servers: distributions of all servers that there were, taking part or not.
        measuring: what measured, by the names that it has among the run's versions.
        beside_the_point: options of the engine on which no figure depends.
        layout: of what the monitor wrote; None where it has one of its own, and is needed to read it.
        configuring: variables that the user gave the app, and that configure a server or a proxy.
    """

    stacks: dict[str, StackFacts]
    servers: tuple[str, ...] = ()
    measuring: tuple[str, ...] = ()
    beside_the_point: tuple[str, ...] = ()
    layout: Layout | None = None
    configuring: tuple[str, ...] = ()
