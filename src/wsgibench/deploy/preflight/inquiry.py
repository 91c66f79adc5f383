"""One stack asked for what the load will ask, and its answers judged by their status."""

import http.client
import re
import time
from collections.abc import Callable, Iterable, Iterator

from wsgibench.deploy.preflight.excerpts import lines_about, refused, shown_log
from wsgibench.deploy.preflight.seen import Seen
from wsgibench.errors import AnswerError, StartError
from wsgibench.model.address import Tcp
from wsgibench.model.load import Requests, parts_of
from wsgibench.model.plan import Plan
from wsgibench.model.stack import DIRECT, Stack
from wsgibench.processes.readiness import NOT_READY, OF_A_PROXY
from wsgibench.processes.request import UNENDING_HINT, UNREADABLE_HINT, Response, UnendingError, UnreadableError, send
from wsgibench.servers import SERVERS

_MISSING = 404
_FAILED = 500
_ENOUGH_S = 2.0
_POLL_S = 0.05
_LOG_S = 0.3
"""For the server's last words to come through supervisord."""


class Inquiry:
    """Asks one stack that is up; ``log`` is the end of what its server has said so far, ``env`` what its app has."""

    def __init__(
        self, plan: Plan, stack: Stack, address: Tcp, log: Callable[[], str], env: Iterable[tuple[str, str]]
    ) -> None:
        self.label = stack.label
        self._plan = plan
        self._is_proxied = stack.proxy != DIRECT
        self._forks_loaded = SERVERS.get(stack.server).forks_loaded
        self._address = address
        self._log = log
        self._variables = tuple(name for name, _ in env)

    def right_answer(self, path: str, *, until: float, before: int | None = None) -> Response:
        """The answer, of a status that is right.

        One that says that the app is not ready yet is asked for again ``until`` then. ``before`` is the status of the
        answer to the same request just before.

        Raises:
            AnswerError: a status that is not right, or an answer that goes on and on: the app's fault.
            StartError: no answer, or none that can be read, which may be the stack's.
        """
        requests = self._plan.requests
        answer = self._send(path)
        # Each worker gets ready by itself, and this one may not be who answered first.
        while answer.status == NOT_READY and not requests.is_right(NOT_READY) and time.monotonic() < until:
            time.sleep(_POLL_S)
            answer = self._send(path)
        if requests.is_right(answer.status):
            return answer
        error = refused(self._seen(path, answer), self.label, before=before)
        if self._is_proxied and answer.status in OF_A_PROXY:
            raise StartError(error.message, error.hint)
        raise error

    def _send(self, path: str) -> Response:
        timeout_s = self._plan.start_timeout_s
        try:
            return send(self._address, path, timeout_s=timeout_s, like=self._plan.requests)
        except UnendingError as exc:
            lines = lines_about(self._seen(path, exc.part)) if exc.part else ()
            raise AnswerError(f"'{self.label}' answers {path}, but {exc}.", "\n".join((*lines, UNENDING_HINT))) from exc
        except UnreadableError as exc:
            raise StartError(f"'{self.label}' answers {path}, but {exc}.", self._hint(UNREADABLE_HINT)) from exc
        except TimeoutError as exc:
            raise StartError(
                f"'{self.label}' does not answer {path} within the --start-timeout of {timeout_s:g} s.",
                "Give --start-timeout more, or faster pages with --path.",
            ) from exc
        except (OSError, http.client.HTTPException) as exc:
            raise StartError(
                f"'{self.label}' does not answer {path}: {str(exc) or type(exc).__name__}.",
                self._hint("The server broke off: does the app read what it is sent to its end?"),
            ) from exc

    def _hint(self, last: str) -> str:
        return "\n".join((*shown_log(self._said(waits=True)), last))

    def _seen(self, path: str, answer: Response) -> Seen:
        plan = self._plan
        return Seen(
            requests=plan.requests,
            path=path,
            template=template_of(path, plan.requests),
            answer=answer,
            setup=plan.setup,
            log=self._said(waits=answer.status >= _FAILED),
            variables=self._variables,
            is_proxied=self._is_proxied,
            forks_loaded=self._forks_loaded,
            right_below=self._is_right_below(path) if answer.status == _MISSING else None,
        )

    def _said(self, *, waits: bool) -> str:
        """The end of the log; where it ``waits``, with the traceback that may be on its way."""
        end = time.monotonic() + _LOG_S
        while "Traceback" not in (said := self._log()) and waits and time.monotonic() < end:
            time.sleep(_POLL_S)
        return said

    def _is_right_below(self, path: str) -> bool | None:
        """Whether the path without its first part is answered right; None where asking could change something."""
        rest = path[1:].partition("/")[2]
        if self._plan.requests.writes or path.count("/") < 2:
            return None
        try:
            return self._plan.requests.is_right(self._send(f"/{rest}").status)
        except StartError:
            return None


def in_good_time(paths: Iterable[str], *, kinds: int) -> Iterator[str]:
    """One path of each kind and the app's first check path, and of the rest as many as are asked for in two seconds.

    Of a slow app all could take a minute.
    """
    began = time.monotonic()
    for number, path in enumerate(paths):
        if number > kinds and time.monotonic() - began > _ENOUGH_S:
            return
        yield path


def template_of(path: str, requests: Requests) -> str:
    """The template that may have made the path; the path itself where none did."""
    for template in requests.paths:
        if re.fullmatch(".*?".join(map(re.escape, parts_of(template)[::2])), path):
            return template
    return path
