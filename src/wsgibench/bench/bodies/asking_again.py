"""Asking stacks again, outside of what is measured."""

import contextlib
import http.client
import time
from collections.abc import Callable, Mapping, Sequence

from wsgibench.bench.bodies.judging import Body
from wsgibench.model.address import Tcp
from wsgibench.model.load import Requests
from wsgibench.processes.request import ask

TIMES = 8
"""An app that gives one of two bodies at random gives the same eight times in one of 128 cases."""
_TIMES_LEAST = 3
_SLOW_S = 1.0

AskAgain = Callable[[str], Mapping[str, Sequence[Body]]]
"""From a path to the good answers of each stack, in the order in which they came."""


def asker(addresses: Mapping[str, Tcp], requests: Requests, *, check: Callable[[], None]) -> AskAgain:
    """Asks these stacks in turn; ``check`` is called before each request, and may raise.

    Where answers take long, each stack is asked three times instead of eight.
    """

    def ask_again(path: str) -> dict[str, list[Body]]:
        bodies: dict[str, list[Body]] = {stack: [] for stack in addresses}
        began_s = time.monotonic()
        for number in range(TIMES):
            if number >= _TIMES_LEAST and time.monotonic() - began_s > _SLOW_S:
                break
            for stack, address in addresses.items():
                check()
                bodies[stack] += _body(address, path, requests)
        return bodies

    return ask_again


def _body(address: Tcp, path: str, requests: Requests) -> list[Body]:
    """The body of a good answer; none where there was none, which is for the load to count."""
    with contextlib.suppress(OSError, http.client.HTTPException):
        answer = ask(address, path, timeout_s=requests.timeout_s, like=requests)
        if requests.is_right(answer.status):
            return [Body.of(answer.body)]
    return []
