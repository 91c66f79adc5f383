"""Who is wrong, where stacks answered one path differently.

It is judged by what they answer when they are asked again, several times in turn, each as often as the others. The
majority is right: more than half of those that were asked, whether they answered or not. An answer is held against a
stack only if it came between two that say what the majority says: a page that changes slowly ("18 minutes ago") does
not change back. (Decisions by majority vote: A. Avižienis, "The N-Version Approach to Fault-Tolerant Software", IEEE
Transactions on Software Engineering SE-11 (1985), 1491-1501. Inputs are what the load asks: W. M. McKeeman,
"Differential Testing for Software", Digital Technical Journal 10 (1998), 100-107.)
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from itertools import groupby

from wsgibench.model.answers import BEGINNING_BYTES, Disputed, checksum_of


@dataclass(frozen=True)
class Body:
    """One that came; told from others by its checksum."""

    checksum: int
    beginning: str = field(compare=False)

    @staticmethod
    def of(data: bytes) -> "Body":
        """The body that these bytes are."""
        return Body(checksum_of(data), data[:BEGINNING_BYTES].decode(errors="replace"))


Answer = tuple[str, Body | None]
"""A stack, and what it answered; None where that was no good answer, or there was none."""


class Outcome(Enum):
    """What asking again shows of a path."""

    UNKNOWN = "unknown"
    """Too few answered."""
    VARIES = "varies"
    """By nature: at least half of the stacks answer now this, now that; or it changed while they were asked."""
    AGREED = "agreed"
    """All that are steady, and more than half are, answer alike."""
    WRONG = "wrong"
    """Some steadily contradict a majority."""
    SPLIT = "split"
    """Steady answers differ, and none has a majority."""


@dataclass(frozen=True)
class Judgement:
    """Of one path.

    Attributes:
        right: what the majority answers; None where there is none.
        agreeing: who does.
        wrong: what others steadily answer instead, by stack; without a majority, what each steadily answers.
        unsteady: what others answer now and then instead, by stack, though the majority does not.
    """

    outcome: Outcome
    right: Body | None = None
    agreeing: tuple[str, ...] = ()
    wrong: Mapping[str, Body] = field(default_factory=dict)
    unsteady: Mapping[str, Body] = field(default_factory=dict)

    @property
    def explains(self) -> bool:
        """Whether it is nobody's fault that stacks answered differently before."""
        return self.outcome is Outcome.VARIES or self.has_changed

    @property
    def has_changed(self) -> bool:
        """Whether all say the same by now, and always did while they were asked."""
        return self.outcome is Outcome.AGREED and not self.unsteady


def judge(answers: Sequence[Answer]) -> Judgement:
    """What follows from what stacks answered, in the order in which they were asked, one after another.

    Of one stack alone: whether it is steady. A stack whose answer changed just once, to what the majority says, was
    asked as the page changed. Who gave no good answer says nothing of the path, and still is one of those asked: where
    all but one keep silent, that one may be who is wrong.
    """
    asked = len({stack for stack, _ in answers})
    again = [(stack, body) for stack, body in answers if body is not None]
    said: defaultdict[str, list[Body]] = defaultdict(list)
    for stack, body in again:
        said[stack].append(body)
    steady = {stack: bodies[-1] for stack, bodies in said.items() if len(set(bodies)) == 1}
    groups: dict[Body, list[str]] = {}
    for stack, body in steady.items():
        groups.setdefault(body, []).append(stack)
    right = next((body for body, stacks in groups.items() if 2 * len(stacks) > asked), None)
    if right is None:
        if 2 * len(steady) > asked and _changes_back([body for stack, body in again if stack in steady]):
            return Judgement(Outcome.SPLIT, wrong=steady)
        varies = len(said) == asked or 2 * (len(said) - len(steady)) >= asked
        return Judgement(Outcome.VARIES if said and varies else Outcome.UNKNOWN)
    contradicted = _contradicted(again, right)
    wrong = {stack: body for stack, body in contradicted.items() if stack in steady}
    unsteady = {
        stack: body
        for stack, body in contradicted.items()
        if stack not in steady and not _changed_to(right, said[stack])
    }
    return Judgement(Outcome.WRONG if wrong else Outcome.AGREED, right, tuple(groups[right]), wrong, unsteady)


def _contradicted(again: Sequence[tuple[str, Body]], right: Body) -> dict[str, Body]:
    """The first other body of each stack that came between two right ones, whoever gave these."""
    of_right = [index for index, (_, body) in enumerate(again) if body == right]
    found: dict[str, Body] = {}
    for stack, body in again[of_right[0] : of_right[-1]]:
        if body != right:
            found.setdefault(stack, body)
    return found


def _changes_back(bodies: Sequence[Body]) -> bool:
    """Whether one comes again after another did."""
    return len(list(groupby(bodies))) > len(set(bodies))


def _changed_to(right: Body, bodies: Sequence[Body]) -> bool:
    """Whether they are one body for a time, then the right one for good."""
    first = bodies.index(right) if right in bodies else len(bodies)
    return len(set(bodies[:first])) <= 1 and set(bodies[first:]) == {right}


def is_contradicted(disputed: Disputed, judgement: Judgement) -> bool:
    """Whether the disputed answer came between two that were both as the majority's is; the judgement came after it.

    A page that changes slowly does not change back. One of before and another of now would be such a change.
    """
    right = judgement.right
    return right is not None and disputed.before == right.checksum != disputed.checksum
