"""All that the programs of a supervisord started, wherever it went.

What forks twice has no parent among them any more. It is found by the cgroup of its program; where there are no
cgroups, by the mark in its environment, among the children of supervisord, which adopts all orphans below it, and of
ourselves, who adopt supervisord's.
"""

import contextlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import psutil

from wsgibench.membership import family_cgroup_name, mark_of, pids_in
from wsgibench.processes.cgroup import end_cgroup, make_cgroup
from wsgibench.processes.tree import end_all

_NOTE = "cgroup"


def marked(begin: str, adopters: Iterable[int]) -> list[int]:
    """Children of these processes whose mark begins so."""
    found: list[int] = []
    for adopter in adopters:
        with contextlib.suppress(psutil.NoSuchProcess):
            children = psutil.Process(adopter).children()
            found += [child.pid for child in children if (mark_of(child.pid) or "").startswith(begin)]
    return found


@dataclass(frozen=True)
class Family:
    """The programs whose supervisord has its files in ``directory``."""

    directory: Path

    @property
    def cgroup(self) -> Path | None:
        """Theirs; each has one below, by its name. None where there are none."""
        try:
            return Path((self.directory / _NOTE).read_text())
        except OSError:
            return None

    def make_cgroup(self) -> Path | None:
        """Make theirs, if that can be; nothing is left of one that was there before."""
        if self.cgroup is not None:
            end_cgroup(self.cgroup)
        cgroup = make_cgroup(family_cgroup_name(self.directory))
        if cgroup is not None:
            (self.directory / _NOTE).write_text(str(cgroup))
        return cgroup

    def mark(self, name: str) -> str:
        """The mark of one of them, or of all where ``name`` is empty: then it is what all begin with."""
        return f"{self.directory.name}/{name}"

    def pids(self, group: str, supervisord: Iterable[int] = ()) -> list[int]:
        """Those of a group that have left their programs, and perhaps others of it; of all where it is empty."""
        begin = f"{group}." if group else ""
        found = marked(self.mark(begin), (os.getpid(), *supervisord))
        for cgroup in self._cgroups(begin):
            found += pids_in(cgroup)
        return found

    def end(self, group: str = "", supervisord: Iterable[int] = ()) -> None:
        """Kill what is left of a group, or of all, and forget its cgroups."""
        supervisord = tuple(supervisord)
        for cgroup in self._cgroups(f"{group}." if group else ""):
            end_cgroup(cgroup)
        end_all(lambda: self.pids(group, supervisord))
        if not group and self.cgroup is not None:
            end_cgroup(self.cgroup)

    def _cgroups(self, begin: str) -> list[Path]:
        whole = self.cgroup
        return [each for each in whole.glob(f"{begin}*") if each.is_dir()] if whole is not None else []
