"""What makes the load, what watches, and on which cores."""

import contextlib
import re
from collections.abc import Iterator
from functools import partial

from wsgibench.engines import ENGINES
from wsgibench.errors import UsageError
from wsgibench.model.option import Option


def cores_in(text: str, flag: str) -> tuple[int, ...]:
    """Core numbers of ``2-5,7``, ascending.

    Raises:
        UsageError: it lists none.
    """
    found: set[int] = set()
    for part in text.replace(" ", "").split(","):
        match = re.fullmatch(r"(\d{1,5})(?:-(\d{1,5}))?", part)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
        if first > last:
            raise UsageError(f"'{text}' is no list of cores.", f"Write {flag} 2-5,7.")
        found.update(range(first, last + 1))
    return tuple(sorted(found))


def _rows_of_engines() -> Iterator[Option]:
    """What the engines declare; one of a third party that cannot be imported has none, and hurts nobody else."""
    for name in ENGINES.names():
        with contextlib.suppress(Exception):
            yield from ENGINES.get(name).rows


ENGINES_OWN = tuple(row.key for row in _rows_of_engines())
ENGINE = (
    Option(
        key="engine",
        kind="text",
        metavar="NAME",
        help="What makes the load; see wsgibench list. Default: native, and locust for --users.",
    ),
    Option(
        key="engine_processes",
        kind="integer",
        default=1,
        least=1,
        metavar="N",
        help="Engine processes on this machine.",
    ),
    Option(
        key="cores",
        kind="choice",
        default="auto",
        choices=("auto", "shared", "apart"),
        help="Whether the load engine runs on the stack's cores or has its own. auto: its own where these are at "
        "most an eighth of the machine, or where the app is so light that the engine would be felt.",
    ),
    Option(
        key="stack_cores",
        kind="text",
        metavar="LIST",
        help="The cores of server and proxy, as in 2-5,7. Default: by --cores.",
        check=partial(cores_in, flag="--stack-cores"),
    ),
    Option(
        key="engine_cores",
        kind="text",
        metavar="LIST",
        help="The cores of the load engine and the monitor, as in 0,1. Default: by --cores.",
        check=partial(cores_in, flag="--engine-cores"),
    ),
    Option(
        key="other_cpu",
        field="other_cpu_share",
        kind="share",
        metavar="SHARE",
        help="A trial does not count if other processes use more of the stack's cores. Default: 10%, and no limit "
        "where --env or --store names a service on this machine.",
    ),
    *_rows_of_engines(),
    Option(key="monitor", kind="text", default="psutil", metavar="NAME", help="What watches; see wsgibench list."),
)
