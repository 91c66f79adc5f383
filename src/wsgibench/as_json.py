"""What is kept, sent and shown as JSON."""

from typing import Any

import msgspec


def as_json(value: object, *, indent: int | None = None) -> bytes:
    """The value as JSON: on one line, or with so many spaces for each level.

    Numbers of NumPy are written as Python's: which of both a figure is nobody sees who computes with it, and a run is
    not to end because of it.

    Raises:
        TypeError: it is of a kind that JSON has no form for.
    """
    data = msgspec.json.encode(value, enc_hook=_as_python)
    return data if indent is None else msgspec.json.format(data, indent=indent)


def _as_python(value: Any) -> object:  # noqa: ANN401  # whatever a record may hold
    # By name: to import NumPy takes longer than most commands do.
    if type(value).__module__ != "numpy":
        raise TypeError(f"There is no JSON for {type(value).__qualname__}.")
    return value.item()
