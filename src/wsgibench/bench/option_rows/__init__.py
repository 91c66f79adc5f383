"""The rows of the table of options that say what a run is, by what they are about: default, unit and validation."""

from collections.abc import Iterator, Mapping
from typing import Any

from wsgibench.bench.option_rows.app import APP
from wsgibench.bench.option_rows.engine import ENGINE
from wsgibench.bench.option_rows.experiment import EXPERIMENT
from wsgibench.bench.option_rows.load import LOAD
from wsgibench.bench.option_rows.requests import REQUESTS
from wsgibench.model.option import Option

ROWS = (*APP, *LOAD, *EXPERIMENT, *REQUESTS, *ENGINE)
_BY_FIELD: Mapping[str, Option] = {row.field or row.key: row for row in ROWS}


def default_of(field: str) -> Any:  # noqa: ANN401  # what it is, the row says
    """What the row of that field has where a user says nothing, as code takes it."""
    row = _BY_FIELD[field]
    return row.parsed(row.default)


def check_each(values: Mapping[str, object]) -> None:
    """Hold values, by their fields, against what their rows allow; None says nothing.

    Raises:
        UsageError: one means nothing, whatever the others are.
    """
    for field, value in values.items():
        for each in _each(value) if field in _BY_FIELD else ():
            _BY_FIELD[field].check_value(each)


def _each(value: object) -> Iterator[object]:
    yield from value if isinstance(value, tuple | list) else () if value is None else (value,)
