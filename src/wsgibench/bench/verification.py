"""Proof that a stack answers; whether right, is for ``bodies`` to say, when all have."""

import random
import time
from collections.abc import Sequence

from wsgibench.bench.bodies.judging import Body
from wsgibench.deploy.preflight import Inquiry, in_good_time
from wsgibench.model.load import Requests, parts_of, path_of
from wsgibench.model.plan import START_TIMEOUT_S

_SAMPLED = 24


class Reference:
    """What every stack of a run must answer before it is loaded."""

    def __init__(self, paths: Sequence[str], requests: Requests, *, start_timeout_s: float = START_TIMEOUT_S) -> None:
        self.paths = tuple(paths)
        self._requests = requests
        self._start_timeout_s = start_timeout_s

    def verify(self, inquiry: Inquiry) -> dict[str, Body]:
        """What it answers to every path; where the app is slow, to one of each kind at least.

        Raises:
            AnswerError: a status that is not right, or an answer that goes on and on.
            StartError: no answer.
        """
        end = time.monotonic() + self._start_timeout_s
        paths = in_good_time(self.paths, kinds=len(self._requests.paths))
        return {path: Body.of(inquiry.right_answer(path, until=end).body) for path in paths}


def paths_to_verify(check_paths: Sequence[str], requests: Requests, seed: int) -> list[str]:
    """The app's own check paths, and a few of those that the load will ask for, one of each kind first."""
    kinds = paths_by_kind(requests, seed)
    sampled = [paths[number] for number in range(_SAMPLED) for paths in kinds if number < len(paths)]
    return list(dict.fromkeys([*check_paths, *sampled]))


def paths_by_kind(requests: Requests, seed: int) -> list[list[str]]:
    """A few of those that the load will ask for, by template."""
    draw = random.Random(seed)  # noqa: S311  # a sample, no secret

    def drawn(template: str) -> str:
        number = draw.randint(requests.first_id, requests.last_id)
        return path_of(template, number, draw.choice(requests.words) if requests.words else "")

    return [
        list(dict.fromkeys(drawn(template) for _ in range(_SAMPLED if len(parts_of(template)) > 1 else 1)))
        for template in requests.paths
    ]
