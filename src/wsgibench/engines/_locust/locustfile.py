"""The article's users: one task, a wait between two, and paths in the order of the job."""
# ruff: noqa: ANN401  # Locust's environment is untyped

import random
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import gevent
from locust import FastHttpUser, HttpUser, User, task

from wsgibench.engines._paths import Drawn
from wsgibench.model.load import Requests, Users, path_of

Paths = Iterator[tuple[str, str]]
"""Templates, and them filled in."""


def paths_of(requests: Requests, drawn: Iterable[Drawn]) -> Paths:
    """What was drawn, as paths."""
    words = requests.words or ("",)
    for index, number, word in drawn:
        template = requests.paths[index]
        yield template, path_of(template, number, words[word])


def user_class(
    requests: Requests, host: str, users: Users, new_draw: Callable[[], random.Random], *, client: str, paths: Paths
) -> type[User]:
    """The class of the users of ``host``, who all take what they ask for from the same ``paths``, whoever comes next.

    ``new_draw`` gives each new one its own source of randomness.
    """
    base: Any = HttpUser if client == "http" else FastHttpUser
    headers = dict(requests.headers_to(host))
    body = None if requests.body is None else requests.body.encode()
    # The session's own limits are for each read; the one that counts is around the whole request.
    limits = {"timeout": requests.timeout_s} if client == "http" else {}

    class ArticleUser(base):  # type: ignore[misc]  # chosen at run time
        connection_timeout = network_timeout = requests.timeout_s
        concurrency = 1

        def __init__(self, environment: Any) -> None:
            super().__init__(environment)
            draw = new_draw()
            self.wait_time = lambda: draw.uniform(users.wait_min_s, users.wait_max_s)

        @task
        def visit(self) -> None:
            template, path = next(paths)
            start_s, start = time.time(), time.perf_counter()
            try:
                with gevent.Timeout(requests.timeout_s):
                    self.client.request(
                        requests.method,
                        path,
                        name=template,
                        data=body,
                        headers=headers,
                        allow_redirects=False,
                        **limits,
                    )
            except (gevent.Timeout, OSError, ValueError) as exc:
                # The sessions report what they expect to go wrong; this is the rest, for example an encoding that
                # they do not know, and the time-out in requests.
                self.environment.events.request.fire(
                    request_type=requests.method,
                    name=template,
                    start_time=start_s,
                    response_time=(time.perf_counter() - start) * 1000,
                    response_length=0,
                    response=None,
                    exception=exc,
                    context={},
                    url=path,
                )

    return ArticleUser
