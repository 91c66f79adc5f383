"""Waiting for sockets and for a moment, whichever comes first."""

import ctypes
import math
import os
import select
from collections.abc import Callable
from time import monotonic, sleep
from typing import Protocol

READ = select.EPOLLIN
WRITE = select.EPOLLOUT

_CLOCK_MONOTONIC = 1
_PR_SET_TIMERSLACK = 29
_TFD_NONBLOCK_CLOEXEC = os.O_NONBLOCK | os.O_CLOEXEC
_TFD_TIMER_ABSTIME = 1
_EVENTS_AT_ONCE = 512

Handler = Callable[[int], None]


class Closable(Protocol):
    """A file, or what stands for one."""

    def close(self) -> None: ...


class _Timer:
    """A timer file descriptor: readable from the moment for which it is set, until it is set again.

    ``os.timerfd_create`` exists from Python 3.13 on; until then it is called in the C library.
    """

    def __init__(self) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        # The kernel may round sleeps up by 50 µs to save power; a load engine wants them exact.
        libc.prctl(_PR_SET_TIMERSLACK, ctypes.c_ulong(1), 0, 0, 0)
        self.fd: int = libc.timerfd_create(_CLOCK_MONOTONIC, _TFD_NONBLOCK_CLOEXEC)
        if self.fd < 0:
            raise OSError(ctypes.get_errno(), "timerfd_create failed")
        self._spec = (ctypes.c_long * 4)()  # struct itimerspec: interval, then value, each seconds and nanoseconds
        self._spec_address = ctypes.addressof(self._spec)
        self._settime = libc.timerfd_settime
        self._settime.argtypes = (ctypes.c_int, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)

    def set(self, when_s: float) -> None:
        """Expire at ``when_s`` on CLOCK_MONOTONIC; never where it is infinite."""
        if math.isinf(when_s):
            self._spec[2] = self._spec[3] = 0
        else:
            self._spec[2] = int(when_s)
            self._spec[3] = int((when_s % 1.0) * 1e9) or 1  # both zero would disarm it
        self._settime(self.fd, _TFD_TIMER_ABSTIME, self._spec_address, None)


class Poller:
    """epoll with a wait that ends within some 30 µs of the asked moment.

    libuv's timers, and with them uvloop's and asyncio's, tick in milliseconds, and so does the timeout of epoll_wait;
    a timer descriptor among the sockets is exact, sleeps in between, and is set anew only when the moment changes.
    Handlers get the event mask. Within one batch an earlier handler may have closed a later one's file, and another
    may have been opened under its number: so a handler must bear being called for nothing.
    """

    def __init__(self) -> None:
        self._epoll = select.epoll()
        self._timer = _Timer()
        self._set_for = math.inf
        self._waited_at = -math.inf
        self._handlers: dict[int, Handler] = {}
        self._is_handling = False
        self._to_close: list[Closable] = []
        self._epoll.register(self._timer.fd, READ)
        self._handlers[self._timer.fd] = self._expired

    def watch(self, fd: int, handler: Handler, mask: int = READ) -> None:
        """Call the handler whenever the file is ready for what the mask says, or broken."""
        self._handlers[fd] = handler
        self._epoll.register(fd, mask)

    def change(self, fd: int, mask: int) -> None:
        """Watch for something else."""
        self._epoll.modify(fd, mask)

    def forget(self, fd: int) -> None:
        """Watch no more; before the file is closed."""
        del self._handlers[fd]
        self._epoll.unregister(fd)

    def close_file(self, fd: int, file: Closable, *, can_wait: bool) -> None:
        """Watch no more, and close the file, which takes it from epoll; where that can wait, after all handlers."""
        del self._handlers[fd]
        if can_wait and self._is_handling:
            self._to_close.append(file)
        else:
            file.close()

    def wait(self, until_s: float, apart_s: float = 0.0) -> None:
        """Sleep until something is ready, or until that moment on CLOCK_MONOTONIC, and call the handlers.

        Going to sleep and being woken costs more than handling what woke it. So under a heavy load, where something
        happens all the time, let waits be ``apart_s`` apart: then each handles all that came meanwhile.
        """
        if apart_s:
            rest_s = self._waited_at + apart_s - monotonic()
            if rest_s > 0:
                sleep(rest_s)
            self._waited_at = monotonic()
            if until_s <= self._waited_at:
                self._poll(0)
                return
        if until_s != self._set_for:
            self._set_for = until_s
            self._timer.set(until_s)
        self._poll(-1)

    def close(self) -> None:
        """Give the descriptors back."""
        self._epoll.close()
        os.close(self._timer.fd)

    def _poll(self, timeout_s: float) -> None:
        handlers = self._handlers
        events = self._epoll.poll(timeout_s, _EVENTS_AT_ONCE)
        self._is_handling = True
        try:
            for fd, mask in events:
                handler = handlers.get(fd)
                if handler is not None:
                    handler(mask)
        finally:
            self._is_handling = False
            if self._to_close:
                for file in self._to_close:
                    file.close()
                self._to_close.clear()

    def _expired(self, _mask: int) -> None:
        self._set_for = math.nan  # equal to nothing: the next wait sets the timer again, which clears it
