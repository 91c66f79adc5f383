"""Proof that a stack answers; whether right, is for ``bodies`` to say, when all have."""

import http.client
import random
import time
from collections.abc import Sequence

from wsgibench.bench.bodies.judging import Body
from wsgibench.errors import StartError
from wsgibench.model.address import Tcp
from wsgibench.model.load import Requests
from wsgibench.processes.request import UNREADABLE_HINT, Answer, UnreadableError, ask

_SAMPLED = 24
_GOOD = range(200, 300)
_NOT_READY = 503
_POLL_S = 0.05
_ENOUGH_S = 2.0
"""For a stack, once it has answered a path of each kind: slow apps are not asked for all, which could take a minute."""
_ADVICE = {
    400: "The app may take no 'Host: localhost'; another one is given with --header 'Host: NAME'.",
    503: "It did for all of --start-timeout; give more if the app needs longer until it is ready.",
    404: "Give pages that the app has with --path, and the ids that they have with --ids.",
}
"""What to do about a status, where that is known."""


class Reference:
    """What every stack of a run must answer before it is loaded."""

    def __init__(self, paths: Sequence[str], requests: Requests, *, start_timeout_s: float = 10.0) -> None:
        self.paths = tuple(paths)
        self._requests = requests
        self._start_timeout_s = start_timeout_s

    def verify(self, address: Tcp, label: str) -> dict[str, Body]:
        """What it answers to every path; where the app is slow, to one of each kind at least.

        Raises:
            StartError: no answer, or a status other than 2xx.
        """
        bodies: dict[str, Body] = {}
        began = time.monotonic()
        end = began + self._start_timeout_s
        for number, path in enumerate(self.paths):
            if number > len(self._requests.paths) and time.monotonic() - began > _ENOUGH_S:
                break
            # Each worker gets ready by itself, and this one may not be who answered first.
            while (answer := self._ask(address, path, label)).status == _NOT_READY and time.monotonic() < end:
                time.sleep(_POLL_S)
            if answer.status not in _GOOD:
                raise StartError(
                    f"'{label}' answers {answer.status} to {path}.",
                    _ADVICE.get(answer.status, "The server's log in the trial's folder may say why."),
                )
            bodies[path] = Body.of(answer.body)
        return bodies

    def _ask(self, address: Tcp, path: str, label: str) -> Answer:
        """The answer to a request such as the load's."""
        like, timeout_s = self._requests, self._start_timeout_s
        try:
            return ask(address, path, timeout_s=timeout_s, method=like.method, headers=like.headers, body=like.body)
        except UnreadableError as exc:
            raise StartError(f"'{label}' answers {path}, but {exc}.", UNREADABLE_HINT) from exc
        except TimeoutError as exc:
            raise StartError(
                f"'{label}' does not answer {path} within the --start-timeout of {timeout_s:g} s.",
                "Give --start-timeout more, or faster pages with --path.",
            ) from exc
        except (OSError, http.client.HTTPException) as exc:
            raise StartError(f"'{label}' does not answer {path}: {str(exc) or type(exc).__name__}.") from exc


def paths_to_verify(check_paths: Sequence[str], requests: Requests, seed: int) -> list[str]:
    """The app's own check paths, and a few of those that the load will ask for, one of each kind first."""
    draw = random.Random(seed)  # noqa: S311  # a sample, no secret
    sampled = [
        path_of(
            template,
            draw.randint(requests.first_id, requests.last_id),
            draw.choice(requests.words) if requests.words else "",
        )
        for number in range(_SAMPLED)
        for template in requests.paths
        if number == 0 or "{" in template
    ]
    return list(dict.fromkeys([*check_paths, *sampled]))


def path_of(template: str, number: int, word: str) -> str:
    """The path that a template makes of an id and a word."""
    return template.replace("{id}", str(number)).replace("{word}", word)
