"""Signals that end us, and what they must not break off."""

import contextlib
import signal
import sys
import threading
from collections.abc import Iterator
from types import FrameType

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_AGAIN_S = 0.2


def end_in_good_order() -> None:
    """Let the first signal that asks us to end raise KeyboardInterrupt, so that all is stopped; later ones do nothing.

    A service manager sends a second one within milliseconds, a person within seconds: stopping all takes longer. What
    was ignored when we were started (``nohup``) stays so. For the main thread, once.
    """
    for number in _ENDING:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _interrupt)
    signal.signal(signal.SIGALRM, _interrupt)


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Inside, signals that ask us to end wait; the first that came takes effect when the context ends."""
    if threading.current_thread() is not threading.main_thread():
        yield  # where no signal is handled
        return
    came: list[int] = []

    def wait(number: int, _frame: FrameType | None) -> None:
        came.append(number)

    before = {number: signal.getsignal(number) for number in (*_ENDING, signal.SIGALRM)}
    ours = [number for number, handler in before.items() if callable(handler)]
    for number in ours:
        signal.signal(number, wait)
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, before[number])
        if came:
            signal.raise_signal(came[0])


def end_of_interruption() -> None:
    """What the first signal began is done: nothing is raised any more."""
    signal.setitimer(signal.ITIMER_REAL, 0)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    """Raise KeyboardInterrupt, and once more where it got lost: Python drops what is raised in a finaliser."""
    if _is_interrupted():
        return
    signal.setitimer(signal.ITIMER_REAL, _AGAIN_S)
    raise KeyboardInterrupt


def _is_interrupted() -> bool:
    """Whether a KeyboardInterrupt is being dealt with, here or further out."""
    exc = sys.exc_info()[1]
    while exc is not None and not isinstance(exc, KeyboardInterrupt):
        exc = exc.__context__
    return exc is not None
