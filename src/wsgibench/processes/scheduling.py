"""What a process asks of the scheduler."""

import ctypes
import os
import platform
import re

_SYSCALLS = {"x86_64": 314, "aarch64": 274, "riscv64": 274}
"""sched_setattr(2) has no function in the C library before glibc 2.41."""
_SCHED_OTHER = 0
_SINCE = (6, 12)


class _Attributes(ctypes.Structure):
    """``struct sched_attr`` of sched_setattr(2), its first version."""

    _fields_ = (
        ("size", ctypes.c_uint32),
        ("policy", ctypes.c_uint32),
        ("flags", ctypes.c_uint64),
        ("nice", ctypes.c_int32),
        ("priority", ctypes.c_uint32),
        ("runtime_ns", ctypes.c_uint64),
        ("deadline_ns", ctypes.c_uint64),
        ("period_ns", ctypes.c_uint64),
    )


def can_run_soon() -> bool:
    """Whether this kernel takes slices from those that ask for some (``run_soon``)."""
    release = re.match(r"(\d+)\.(\d+)", platform.release())
    known = release is not None and (int(release[1]), int(release[2])) >= _SINCE
    return known and platform.machine() in _SYSCALLS


def run_soon(thread: int = 0, *, slice_s: float = 1e-4) -> bool:
    """Let a thread (0: this one) run in slices that short, so that it runs soon when it has something to do.

    Since Linux 6.12 the fair scheduler takes a slice from ``sched_runtime``: of those that have had less than their
    part, the one with the shortest slice goes first, and interrupts a longer one that runs. It gets no more CPU by it,
    and needs no right. False where the kernel does not know of it, or does not let us; nothing is changed then.
    """
    if not can_run_soon():
        return False
    number = _SYSCALLS[platform.machine()]
    try:
        nice = os.getpriority(os.PRIO_PROCESS, thread)
    except ProcessLookupError:
        return False
    attributes = _Attributes(
        size=ctypes.sizeof(_Attributes),
        policy=_SCHED_OTHER,
        nice=nice,
        runtime_ns=round(slice_s * 1e9),
    )
    return bool(ctypes.CDLL(None).syscall(number, thread, ctypes.byref(attributes), 0) == 0)
