"""Whether an app answers, and when."""

import http.client
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait

from wsgibench.errors import AnswerError, StartError
from wsgibench.model.address import Address, Unix, family_of
from wsgibench.model.load import Requests
from wsgibench.processes.request import (
    PLAIN,
    UNENDING_HINT,
    UNREADABLE_HINT,
    Response,
    UnendingError,
    UnreadableError,
    send,
)

NOT_READY = 503
"""The status by which an app says that it is not ready yet (RFC 9110, section 15.6.4)."""
OF_A_PROXY = (502, 504)
"""By which a proxy says that its server does not answer yet, broke off, or keeps silent: as if nothing had come."""
_POLL_S = 0.01
_CHECK_S = 0.1


def accepts(address: Address) -> bool:
    """Whether something takes connections there."""
    family = socket.AF_UNIX if isinstance(address, Unix) else family_of(address.host)
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.settimeout(1.0)
        try:
            probe.connect(address.path if isinstance(address, Unix) else (address.host, address.port))
        except OSError:
            return False
        return True


def wait_until_answers(
    address: Address,
    path: str,
    *,
    like: Requests = PLAIN,
    behind: Address | None,
    deadline_s: float,
    check_alive: Callable[[], None],
    not_yet: tuple[int, bytes] | None = None,
) -> Response:
    """The app's first answer at ``address``, of any status but 503, by which an app says that it is not ready yet.

    When the time is up, the last 503. It is asked as ``like`` says, whose statuses that are right are never waited for.
    ``behind`` is the address of its server where ``address`` is that of a proxy, which answers by the status and body
    ``not_yet`` while it does not know the way. ``check_alive`` is called ten times a second and raises when a process
    died.

    Raises:
        AnswerError: the answer goes on and on.
        StartError: no answer within ``deadline_s`` seconds, or none that can be read.
    """
    end = time.monotonic() + deadline_s
    last, unready = "nothing listens there", None
    next_check = 0.0
    while (now := time.monotonic()) < end:
        if now >= next_check:
            check_alive()
            next_check = now + _CHECK_S
        if behind is not None and not accepts(behind):
            last = f"the server behind the proxy does not listen at {behind}"
        else:
            try:
                answer = _send_and_check(address, path, like, end=end, check_alive=check_alive)
            except UnendingError as exc:
                raise AnswerError(f"http://{address}{path} is answered, but {exc}.", UNENDING_HINT) from exc
            except UnreadableError as exc:
                raise StartError(f"http://{address}{path} is answered, but {exc}.", UNREADABLE_HINT) from exc
            except (OSError, http.client.HTTPException) as exc:
                last = _in_words(exc, whose="it" if behind is None else "the proxy") or last
            else:
                waits = answer.status == NOT_READY or (behind is not None and answer.status in OF_A_PROXY)
                waits = waits or (answer.status, answer.body) == not_yet
                if like.is_right(answer.status) or not waits:
                    return answer
                unready = answer if answer.status == NOT_READY else None
                last = f"the proxy answers {answer.status} for it"
        time.sleep(_POLL_S)
    if unready is not None:
        return unready
    raise StartError(
        f"Nothing answers at http://{address}{path} within the --start-timeout of {deadline_s:g} s: {last}.",
        "If the app needs longer to load or to answer, give --start-timeout more.",
    )


def _in_words(exc: Exception, *, whose: str) -> str:
    """What an attempt saw; nothing where nobody listened."""
    if isinstance(exc, ConnectionRefusedError | FileNotFoundError):
        return ""
    why = "" if isinstance(exc, TimeoutError) else f" ({str(exc) or type(exc).__name__})"
    return f"{whose} takes connections but sends no answer{why}"


def _send_and_check(
    address: Address, path: str, like: Requests, *, end: float, check_alive: Callable[[], None]
) -> Response:
    """The answer to a request that has until ``end``, while ``check_alive`` is called ten times a second.

    It waits in the server's backlog until a worker has loaded the app, and then as long as the answer takes. When
    ``check_alive`` raises, the request is left alone: it ends with the server that it was sent to, or with its time.
    """
    asked: Future[Response] = Future()

    def run() -> None:
        try:
            asked.set_result(_send_again(address, path, like, end))
        except Exception as exc:  # noqa: BLE001  # raised again by result(), in the thread that waits
            asked.set_exception(exc)

    threading.Thread(target=run, daemon=True).start()
    while not wait([asked], timeout=_CHECK_S).done:
        check_alive()
    return asked.result()


def _send_again(address: Address, path: str, like: Requests, end: float) -> Response:
    """The answer; asked for once more where it cannot be read, which once may be a worker that has died."""
    try:
        return send(address, path, timeout_s=max(end - time.monotonic(), _POLL_S), like=like)
    except UnreadableError as exc:
        if isinstance(exc, UnendingError) or time.monotonic() >= end:
            raise
    return send(address, path, timeout_s=max(end - time.monotonic(), _POLL_S), like=like)
