"""One process tree through time: its CPU never lost, never counted twice, never falling."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from wsgibench.membership import mark_of
from wsgibench.monitors._processes import ProcessTable, cpu_clock_ns, parent_of


@dataclass
class _Member:
    """A process of the tree: its own CPU when last seen, and ``credit_ns`` for its descendants that have ended."""

    parent: int
    start: int
    credit_ns: int
    own_ns: int = 0

    @property
    def total_ns(self) -> int:
        return self.own_ns + self.credit_ns


class Family:
    """Root processes and all their descendants, also those that outlive their parents.

    Where the roots are what a mark stands for (``membership``), also those that have left them: children of the roots'
    parent with the same mark. What came and went between two looks is in what that parent waited for alone.

    When a member ends, its CPU passes to its nearest living ancestor, whose credit becomes the greater of

    * what the kernel says that it reaped: includes children too short-lived to be seen, but counts in ticks (10 ms) and
      only children that were waited for;
    * its credit before, plus what was last seen of the member: exact to the last look, at most the truth.

    Neither exceeds the truth, so neither does the greater; and it never falls.

    Attributes:
        gone_ns: CPU of members that ended and have no living ancestor among the members.
    """

    def __init__(self, roots: Iterable[int]) -> None:
        self._roots: tuple[int, ...] = tuple(roots)
        self._members: dict[int, _Member] = {}
        self.gone_ns = 0
        self._marks = {mark: parent for root in self._roots for mark, parent in _marked(root)}
        self._strangers: set[tuple[int, int]] = set()

    @property
    def reapers(self) -> list[int]:
        """Who waits for those that have left it."""
        return list(self._marks.values())

    @property
    def pids(self) -> tuple[int, ...]:
        """The members that lived at the last update."""
        return tuple(self._members)

    def update(self, table: ProcessTable) -> None:
        """Find out who ended and who was born.

        The table must be newer than all CPU clocks read before: a child that ended in between is then either in its
        parent's reaped time or missed by both, never in both.
        """
        inherited = self._bury(table)
        for pid, member in self._members.items():
            process = table.processes[pid]
            member.parent = process.parent
            member.credit_ns = max(process.reaped_ns, member.credit_ns + inherited[pid])
        # Roots are looked for once: later their ids may be others'.
        self._adopt(table, (pid for pid in self._roots if pid in table.processes))
        self._roots = ()
        self._adopt(table, (child for pid in self.pids for child in table.children.get(pid, ())))
        self._adopt(table, self._strays(table))

    def cpu_ns(self) -> tuple[int, bool]:
        """CPU of the tree since it began; and whether all members that were known still live."""
        complete = True
        total = self.gone_ns
        for pid, member in self._members.items():
            try:
                member.own_ns = cpu_clock_ns(pid)
            except OSError:
                complete = False
            total += member.own_ns + member.credit_ns
        return total, complete

    def _bury(self, table: ProcessTable) -> Counter[int]:
        """Remove the members that ended; CPU that they leave, by heir."""
        ended = {
            pid: member
            for pid, member in self._members.items()
            if pid not in table.processes or table.processes[pid].start != member.start
        }
        for pid in ended:
            del self._members[pid]
        inherited: Counter[int] = Counter()
        for member in ended.values():
            heir = member.parent
            while heir in ended:
                heir = ended[heir].parent
            if heir in self._members:
                inherited[heir] += member.total_ns
            else:
                self.gone_ns += member.total_ns
        return inherited

    def _adopt(self, table: ProcessTable, pids: Iterable[int]) -> None:
        """Take in these and their descendants."""
        waiting = list(pids)
        while waiting:
            pid = waiting.pop()
            if pid not in self._members:
                process = table.processes[pid]
                self._members[pid] = _Member(process.parent, process.start, process.reaped_ns)
                waiting += table.children.get(pid, ())

    def _strays(self, table: ProcessTable) -> list[int]:
        """Those that have left the tree, by their mark; nobody is asked for it twice."""
        found = []
        for mark, parent in self._marks.items():
            for pid in table.children.get(parent, ()):
                who = (pid, table.processes[pid].start)
                if pid in self._members or who in self._strangers:
                    continue
                if mark_of(pid) == mark:
                    found.append(pid)
                else:
                    self._strangers.add(who)
        return found


def _marked(root: int) -> list[tuple[str, int]]:
    """The mark that stands for a root, and the root's parent; nothing where others have the mark before it."""
    mark, parent = mark_of(root), parent_of(root)
    return [(mark, parent)] if mark is not None and parent is not None and mark_of(parent) != mark else []
