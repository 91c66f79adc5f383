"""What runs an app."""

from wsgibench.model.record import Record


class Interpreter(Record, frozen=True, kw_only=True):
    """The interpreter of an app, and what its environment has.

    Attributes:
        path: as it was called.
        version: ``3.13.1``, with a ``t`` where it is built without the global lock.
        implementation: ``CPython``.
        packages: version by name of every distribution that the app could import from.
    """

    path: str
    version: str
    implementation: str
    packages: dict[str, str] = {}
