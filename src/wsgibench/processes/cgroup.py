"""Cgroups of ours (cgroups(7), version 2), where we may make some."""

import contextlib
import os
import signal
import time
from pathlib import Path

from wsgibench.membership import cgroup_of, is_family_cgroup, pids_in

_WITHIN_S = 2.0
_POLL_S = 0.005


def make_cgroup(name: str) -> Path | None:
    """A new cgroup below our own that counts, but neither weighs nor limits; None where there can be none.

    Root may nearly always, anyone else where systemd has delegated the cgroup, as it does for a desktop's terminals.
    Where ours hands controllers down, its parts would be scheduled as wholes: a stack of 60 workers would get no more
    of the CPU than the one process of an engine beside it. So there is none then.
    """
    own = cgroup_of(os.getpid())
    if own is None:
        return None
    made = own / name
    with contextlib.suppress(OSError):
        if (own / "cgroup.subtree_control").read_text().strip():
            return None
        made.mkdir()
        # To move a process takes the right to write to the cgroup that it is moved within, too.
        paths = (own / "cgroup.procs", made / "cgroup.procs")
        if all(os.access(path, os.W_OK) for path in paths) and (made / "cgroup.type").read_text() == "domain\n":
            return made
        made.rmdir()
    return None


def enter_cgroup(cgroup: Path) -> None:
    """Move this process, and so all that it starts from now on, into the cgroup, which is made if need be.

    Raises:
        OSError: it cannot be.
    """
    cgroup.mkdir(exist_ok=True)
    (cgroup / "cgroup.procs").write_text("0")


def end_cgroup(cgroup: Path) -> None:
    """Kill all that is in it, at once and for good, and remove it; does nothing to a cgroup that is none of ours."""
    if not any(is_family_cgroup(each) for each in (cgroup, cgroup.parent)):
        return
    end = time.monotonic() + _WITHIN_S
    while cgroup.is_dir() and time.monotonic() < end:
        _kill(cgroup)
        with contextlib.suppress(OSError):  # what was killed may take a moment
            for inner, _, _ in os.walk(cgroup, topdown=False):
                Path(inner).rmdir()
            return
        time.sleep(_POLL_S)


def _kill(cgroup: Path) -> None:
    try:
        (cgroup / "cgroup.kill").write_text("1")
    except OSError:  # before Linux 5.14 there is none
        for pid in pids_in(cgroup):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
