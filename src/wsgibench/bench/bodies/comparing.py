"""The answers of a block, held against one another."""

import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice

import msgspec

from wsgibench.bench.bodies.judging import Answer, Body, Judgement, Outcome, is_contradicted, judge
from wsgibench.bench.bodies.known import Known
from wsgibench.bench.bodies.sending_again import SendAgain
from wsgibench.model.answer_table import Answers
from wsgibench.model.answers import ComparedBodies, Disputed, WrongBody

_PATHS_AT_ONCE = 6
_PATHS_MOST = 24
"""Asked again in a block: who is wrong is wrong in the first of them already, or hardly ever."""
_CHANGED_MOST_S = 3.0
"""So long those do not count in whose answer all agree by now: where every page changes slowly, who is wrong in one of
200 would never have its turn else."""
_OPEN_MOST = 1_000
_EXAMPLES_MOST = 3
_FROM_TABLE_MOST = 200
_CHANCE_SHARE = 0.1
"""Of pages with two bodies at random, asked for three times each, one in thirty looks as if stacks contradicted one
another; asked for eight times, none."""
_FOR_GOOD = (Outcome.VARIES, Outcome.WRONG, Outcome.SPLIT)
"""Of such a path nothing more is to be learned. All may agree on another, and one of them answer it wrongly later."""
_EXPECTED_SHARE = 0.5
_EXPECTED_MOST = 1_000
"""Paths: 1,000 that agree leave at most three wrong ones in a thousand, with 95 % confidence."""
_FEWER = 3
"""Standard deviations by which fewer paths may be asked of two stacks than chance makes it on average."""


class Comparison:
    """Gathers what the stacks of a block answered, has what is disputed asked again, and says who is wrong.

    Attributes:
        wrong: what was shown to be wrong, by stack.
        undecided: stacks that contradict one another without a majority, and how.
    """

    def __init__(self, known: Known, hidden: Callable[[str], str] = str, *, by_chance_among: int | None = None) -> None:
        """``hidden`` takes secrets from what is kept of bodies.

        With ``by_chance_among`` so many paths stacks are asked at rates of their own, so that what two of them are
        asked alike is by chance; else they are asked alike.
        """
        self._among = by_chance_among
        self.wrong: defaultdict[str, list[WrongBody]] = defaultdict(list)
        self.undecided: dict[str, WrongBody] = {}
        self._known = known
        self._hidden = hidden
        self._tables: dict[str, dict[str, int]] = {}
        self._open: list[tuple[str, Disputed]] = []
        self._judged: dict[str, Outcome] = {}
        self._asked = self._changed = 0
        self._spent_s = 0.0
        self._odd: defaultdict[str, dict[str, WrongBody]] = defaultdict(dict)
        self._varying = self._splits = self._explained = 0
        self._compared: dict[str, ComparedBodies] = {}

    @property
    def stacks(self) -> set[str]:
        """Those whose answers were added."""
        return set(self._tables)

    def answered(self, stack: str) -> Answers:
        """What was added of the stack."""
        return Answers.of(self._tables.get(stack, {}))

    @property
    def is_open(self) -> bool:
        """Whether asking again may tell something."""
        return bool(self._open) and self._room > 0 and not self._varies

    @property
    def _room(self) -> int:
        """How many paths may be asked for again still."""
        return _PATHS_MOST + self._changed - self._asked

    @property
    def _varies(self) -> bool:
        """Whether the app's bodies vary by nature, as far as they were asked for again."""
        return self._varying >= _PATHS_AT_ONCE and 2 * self._varying > self._asked

    def dispute(self, stack: str, disputed: Iterable[Disputed]) -> None:
        """The stack's answers differ from others to the same paths; all that it answers before anything is settled."""
        fresh = (each for each in disputed if self._judged.get(each.path) not in _FOR_GOOD)
        self._open += [(stack, each) for each in islice(fresh, max(_OPEN_MOST - len(self._open), 0))]

    def add(self, stack: str, checksums: Mapping[str, int]) -> None:
        """What the stack answered first to each path, after those that were added before."""
        self.add_together({stack: checksums})

    def add_together(self, tables: Mapping[str, Mapping[str, int]]) -> None:
        """What stacks answered first to each path, in turns or at once; where they differ, that is disputed."""
        before = {stack: self._of_others(stack, table) for stack, table in tables.items()}
        self._tables |= {stack: dict(table) for stack, table in tables.items()}
        for stack, table in tables.items():
            told = {disputed.path for name, disputed in self._open if name == stack} | self._judged.keys()
            earlier, others = before[stack], self._of_others(stack, table)
            differing = (path for path, bodies in others.items() if table[path] not in bodies and path not in told)
            self.dispute(
                stack,
                (
                    Disputed(path=path, checksum=table[path], before=next(iter(earlier.get(path, ())), None))
                    for path in islice(differing, _FROM_TABLE_MOST)
                ),
            )

    def doubt(self, paths: Iterable[str]) -> None:
        """Have these asked again, whatever was answered so far."""
        self.dispute("", (Disputed(path=path, checksum=0) for path in paths))

    def settle(self, send_again: SendAgain, *, at_once: int = _PATHS_AT_ONCE) -> set[str]:
        """Have some of what is open asked again; who is found wrong by it, or contradicts others without a majority."""
        before, began_s = self._found, time.monotonic()
        asked = {path: self._judge(path, send_again(path)) for path in self.paths_to_ask(at_once)}
        for stack, disputed in self._open:
            if judgement := asked.get(disputed.path):
                self._hold_against(stack, disputed, judgement)
        self._open = [(stack, disputed) for stack, disputed in self._open if disputed.path not in asked]
        self._spent_s += time.monotonic() - began_s
        return self._found - before

    def conclude(self) -> None:
        """Nothing more will come: blame who answered oddly now and then, where others did not; keep what is known.

        What is still open then could not be asked again.
        At least half of the stacks must never have done it, else it is the app's nature; or it is one stack alone.
        """
        stacks = self._tables.keys() | self._odd.keys()
        for stack, odd in self._odd.items():
            clean = sum(not self._odd.get(other) for other in stacks)
            if len(odd) > self._varying and (len(stacks) == 1 or 2 * clean >= len(stacks)):
                self.wrong[stack] += odd.values()
        self._compared = {stack: self._compared_of(stack) for stack in self._tables}
        right = {stack: table for stack, table in self._tables.items() if stack not in self._found}
        for stack, table in right.items():
            self._known.add(stack, table)
        for stack in right:
            in_run = self._known.compared(stack)
            self._compared[stack] = msgspec.structs.replace(self._compared[stack], in_run=in_run)

    def of(self, stack: str) -> ComparedBodies:
        """How far the stack's answers were compared, and what came of it; when all is concluded."""
        return self._compared.get(stack) or ComparedBodies(asked=0, compared=0)

    def shown_of(self, stack: str) -> ComparedBodies:
        """What was shown of the stack so far, with nothing counted yet."""
        return ComparedBodies(
            asked=0,
            compared=0,
            wrong=tuple(self.wrong[stack][:_EXAMPLES_MOST]) if stack in self._contradicted else (),
            split=self.undecided.get(stack) if self._is_split else None,
        )

    def _compared_of(self, stack: str) -> ComparedBodies:
        table = self._tables[stack]
        others = self._of_others(stack, table, but=self._contradicted)
        most = max((len(other) for name, other in self._tables.items() if name != stack), default=0)
        return msgspec.structs.replace(
            self.shown_of(stack),
            asked=len(table),
            compared=len(others),
            expected=min(int(_EXPECTED_SHARE * min(len(table), most)), _EXPECTED_MOST, self._by_chance(table, most)),
            differing=sum(table[path] not in bodies for path, bodies in others.items()),
            explained=self._explained,
            unsettled=len(self._unsettled & table.keys()),
        )

    @property
    def _unsettled(self) -> set[str]:
        """What is disputed, if not a single path of it was asked for again and answered."""
        if self._judged.keys() - {path for path, outcome in self._judged.items() if outcome is Outcome.UNKNOWN}:
            return set()
        return self._judged.keys() | {disputed.path for _, disputed in self._open}

    def _by_chance(self, table: Mapping[str, int], others: int) -> int:
        """How many paths of two stacks are alike at least where chance alone makes it; no bound where it does not."""
        if self._among is None:
            return _EXPECTED_MOST
        mean = len(table) * others / self._among
        return max(int(mean - _FEWER * mean**0.5), 0)

    @property
    def _contradicted(self) -> set[str]:
        """Those of whom more was wrong than chance makes of bodies that vary by nature."""
        return {stack for stack, wrong in self.wrong.items() if len(wrong) > _CHANCE_SHARE * self._varying}

    @property
    def _is_split(self) -> bool:
        return self._splits > _CHANCE_SHARE * self._varying

    @property
    def _found(self) -> set[str]:
        return self._contradicted | (set(self.undecided) if self._is_split else set())

    def paths_to_ask(self, at_once: int = _PATHS_MOST) -> list[str]:
        """The first that are open, of each stack in turn."""
        if not self.is_open:
            return []
        by_stack: dict[str, list[str]] = {}
        for stack, disputed in self._open:
            by_stack.setdefault(stack, []).append(disputed.path)
        room = min(at_once, self._room)
        return list(dict.fromkeys(_in_turn(list(by_stack.values()))))[:room]

    def _judge(self, path: str, again: Sequence[Answer]) -> Judgement:
        judgement = judge(again)
        self._judged[path] = judgement.outcome
        self._asked += 1
        self._explained += judgement.explains
        self._changed += judgement.has_changed and self._spent_s < _CHANGED_MOST_S
        match judgement.outcome:
            case Outcome.VARIES:
                self._varying += 1
                self._known.settle(path, None)
            case Outcome.SPLIT:
                self._splits += 1
                self._split(path, judgement.wrong)
        if judgement.right is not None:
            self._known.settle(path, judgement.right.checksum)
            for stack, body in judgement.wrong.items():
                self.wrong[stack].append(self._contradiction(path, body.beginning, judgement.right, judgement.agreeing))
            for stack, body in judgement.unsteady.items():
                self._odd[stack][path] = self._contradiction(path, body.beginning, judgement.right, judgement.agreeing)
        return judgement

    def _split(self, path: str, bodies: Mapping[str, Body]) -> None:
        for stack, body in bodies.items():
            other = next(each for each in bodies.values() if each != body)
            agreeing = tuple(name for name, each in bodies.items() if each == other)
            self.undecided.setdefault(stack, self._contradiction(path, body.beginning, other, agreeing))

    def _hold_against(self, stack: str, disputed: Disputed, judgement: Judgement) -> None:
        if judgement.right and stack not in judgement.wrong and is_contradicted(disputed, judgement):
            found = self._contradiction(disputed.path, disputed.body, judgement.right, judgement.agreeing)
            self._odd[stack].setdefault(disputed.path, found)

    def _contradiction(self, path: str, wrong: str, right: Body, agreeing: tuple[str, ...]) -> WrongBody:
        return WrongBody(path=path, wrong=self._hidden(wrong), right=self._hidden(right.beginning), agreeing=agreeing)

    def _of_others(self, stack: str, table: Mapping[str, int], *, but: Collection[str] = ()) -> dict[str, list[int]]:
        """What others, ``but`` those, answered to the paths of this table, earlier blocks first."""
        found = {path: [checksum] for path, checksum in self._known.of_others(stack, table).items()}
        for name, other in self._tables.items():
            if name != stack and name not in but:
                for path in table.keys() & other.keys():
                    found.setdefault(path, []).append(other[path])
        return found


def _in_turn(lists: list[list[str]]) -> Iterator[str]:
    """The first of each, then the second of each, and so on."""
    for index in range(max(map(len, lists), default=0)):
        yield from (each[index] for each in lists if index < len(each))
