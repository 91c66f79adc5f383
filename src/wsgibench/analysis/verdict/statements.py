"""What is claimed of two stacks: ``nginx+uwsgi > gunicorn on p99``."""

import re
from collections.abc import Collection

from wsgibench.errors import UnknownNameError, UsageError
from wsgibench.model.objective import OBJECTIVES
from wsgibench.model.plan import Plan
from wsgibench.model.record import Record
from wsgibench.model.stack import Stack
from wsgibench.model.verdict import Relation
from wsgibench.stats.pairs import MARGIN_MOST

_STACK = r"[^\s<>=]+"
_PAIR = re.compile(rf"\s*(?P<first>{_STACK})\s*(?P<relation>>=|>|=)\s*(?P<second>{_STACK})")
_LIMIT = re.compile(r"\s+(?:within\s+(?P<margin>\d{1,3}(?:\.\d{1,4})?)\s*%|on\s+(?P<objective>\w+))")


class Statement(Record, frozen=True, kw_only=True):
    """``first relation second within margin on objective``; where None, the run's own margin and first objective."""

    first: str
    relation: Relation
    second: str
    margin: float | None = None
    objective: str | None = None

    def not_in(self, labels: Collection[str]) -> list[str]:
        """Those of its stacks that are none of these."""
        return [stack for stack in (self.first, self.second) if stack not in labels]

    def edge(self, plan: Plan) -> float:
        """How many times better is still within the margin, less 1."""
        if self.margin is None:
            return plan.margin
        higher = OBJECTIVES[self.objective or plan.objectives[0]].higher_is_better
        if self.relation is Relation.AT_LEAST_TIED and higher:
            # At most 15 % behind is 0.85 of it, which is less than 1 / 1.15.
            return self.margin / (1 - self.margin)
        return self.margin


def of_candidates(text: str, stacks: Collection[Stack], variants: Collection[str]) -> tuple[str, ...]:
    """The claim itself; where it is about two variants, the same claim of each stack that serves them.

    ``new >= old on p99`` of a run of ``gunicorn`` is ``gunicorn@new >= gunicorn@old on p99``.

    Raises:
        UnknownNameError: one side is a variant, and the other is none.
    """
    pair = _PAIR.match(text)
    if pair is None or not {pair["first"], pair["second"]} & {*variants}:
        return (text,)
    for side in (pair["first"], pair["second"]):
        if side not in variants:
            raise UnknownNameError("variant", side, variants)
    names = dict.fromkeys(stack.label.removesuffix(f"@{stack.variant}") for stack in stacks)
    relation, limits = pair["relation"], text[pair.end() :]
    return tuple(f"{name}@{pair['first']} {relation} {name}@{pair['second']}{limits}" for name in names)


def statement_of(text: str) -> Statement:
    """A statement from its text: ``nginx+uwsgi > gunicorn on p99``, ``granian >= gunicorn within 10%``.

    Raises:
        UsageError: it is none.
    """
    pair, limits = _PAIR.match(text), {}
    rest = text.rstrip()[pair.end() :] if pair else text
    while pair and (limit := _LIMIT.match(rest)) and limit.lastgroup not in limits:
        limits[limit.lastgroup] = limit[limit.lastgroup or 0]
        rest = rest[limit.end() :]
    if not pair or rest:
        raise UsageError(
            f"'{text}' is not a claim.", "Write FIRST > SECOND, with >=, > or =, as in 'gunicorn >= waitress on p99'."
        )
    objective, margin = limits.get("objective"), limits.get("margin")
    if objective is not None and objective not in OBJECTIVES:
        raise UnknownNameError("objective", objective, OBJECTIVES)
    if margin is not None and not 0 < float(margin) <= MARGIN_MOST * 100:
        raise UsageError(f"'{text}' has no sensible margin.", f"Write within 5%, at most {MARGIN_MOST:.0%}.")
    return Statement(
        first=pair["first"],
        relation=Relation(pair["relation"]),
        second=pair["second"],
        margin=None if margin is None else float(margin) / 100,
        objective=objective,
    )


def check_margin(margin: float) -> None:
    """Hold a margin, as a fraction, against what makes sense.

    Raises:
        UsageError: it is nothing, or calls stacks tied of which one does twice as much.
    """
    if not 0 < margin <= MARGIN_MOST:
        raise UsageError(
            f"A margin of {margin * 100:.3g} % is none to call stacks tied by.",
            f"Give more than 0% and at most {MARGIN_MOST:.0%}.",
        )
