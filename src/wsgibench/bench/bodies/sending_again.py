"""Asking stacks again, outside of what is measured."""

import contextlib
import http.client
import time
from collections.abc import Callable, Iterator, Mapping, Sequence

from wsgibench.bench.bodies.judging import Answer, Body
from wsgibench.model.address import Tcp
from wsgibench.model.load import Requests
from wsgibench.processes.request import send

TIMES = 8
"""An app that gives one of two bodies at random gives the same eight times in one of 128 cases."""
_TIMES_LEAST = 3
_SLOW_S = 1.0

SendAgain = Callable[[str], Sequence[Answer]]
"""From a path to what each stack answered, in the order in which they were asked, one after another."""


def sender(addresses: Mapping[str, Tcp], requests: Requests, *, check: Callable[[], None]) -> SendAgain:
    """Asks these stacks in turn; ``check`` is called before each request, and may raise.

    Where answers take long, each stack is asked three times instead of eight.
    """

    def send_again(path: str) -> Iterator[Answer]:
        began_s = time.monotonic()
        for number in range(TIMES):
            if number >= _TIMES_LEAST and time.monotonic() - began_s > _SLOW_S:
                break
            for stack, address in addresses.items():
                check()
                yield stack, _body(address, path, requests)

    return lambda path: tuple(send_again(path))


def _body(address: Tcp, path: str, requests: Requests) -> Body | None:
    """The body of a good answer; None where there was none, which is for the load to count."""
    with contextlib.suppress(OSError, http.client.HTTPException):
        answer = send(address, path, timeout_s=requests.timeout_s, like=requests)
        if requests.is_right(answer.status):
            return Body.of(answer.body)
    return None
