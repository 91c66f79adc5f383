"""Claims about stacks: the article's, and one's own from ``wsgibench.toml``; asked of the rankings of a run."""

import re
from collections.abc import Iterator, Mapping

import msgspec

from wsgibench.errors import UnknownNameError, UsageError
from wsgibench.model.objective import OBJECTIVES
from wsgibench.model.plan import Plan
from wsgibench.model.record import Record
from wsgibench.model.verdict import Answer, ClaimAnswer, ClaimPart, Ranking, Relation
from wsgibench.stats.claims import all_of, answer
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


class Claim(Record, frozen=True, kw_only=True):
    """Statements that must all hold."""

    source: str
    number: int
    text: str
    parts: tuple[Statement, ...]


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


def check_claims(plan: Plan) -> None:
    """Hold a plan's own claims against its stacks.

    Raises:
        UsageError: one is no claim, or is about a stack that the run does not have.
    """
    labels = [stack.label for stack in plan.stacks]
    for text in plan.claims:
        statement = statement_of(text)
        for stack in (statement.first, statement.second):
            if stack not in labels:
                raise UsageError(
                    f"The claim '{text}' is about '{stack}', which is not in this run.",
                    f"The run has {', '.join(labels)}.",
                )
        if statement.first == statement.second:
            raise UsageError(f"The claim '{text}' is about one stack alone.", "Name two.")


def _each(first: str, relation: str, *seconds: str) -> tuple[Statement, ...]:
    return tuple(Statement(first=first, relation=Relation(relation), second=second) for second in seconds)


_ARTICLE = (
    (
        "uWSGI by the uwsgi protocol behind nginx is best: nothing is better than nginx+uwsgi",
        _each(
            "nginx+uwsgi",
            ">=",
            "gunicorn",
            "uwsgi-http",
            "werkzeug",
            "nginx+gunicorn",
            "nginx+uwsgi-http",
            "nginx+werkzeug",
        ),
    ),
    (
        "gunicorn is good with nginx or without: at most 15 % behind nginx+uwsgi",
        tuple(
            Statement(first=stack, relation=Relation.AT_LEAST_TIED, second="nginx+uwsgi", margin=0.15)
            for stack in ("gunicorn", "nginx+gunicorn")
        ),
    ),
    (
        "avoid the uWSGI HTTP server behind nginx: nginx+uwsgi is better",
        _each("nginx+uwsgi", ">", "nginx+uwsgi-http"),
    ),
    (
        "do not use werkzeug's server in production: every other server is better, direct and behind nginx",
        (
            *(statement for stack in ("gunicorn", "uwsgi-http") for statement in _each(stack, ">", "werkzeug")),
            *(
                statement
                for stack in ("nginx+gunicorn", "nginx+uwsgi", "nginx+uwsgi-http")
                for statement in _each(stack, ">", "nginx+werkzeug")
            ),
        ),
    ),
)
"""Its four claims as statements over pairs (docs/reference/article.md). 15 % holds all it published of gunicorn."""


def claims_of(plan: Plan) -> Iterator[Claim]:
    """Those of the article that the run's stacks can answer, with each number of workers; then the plan's own."""
    labels = {stack.label for stack in plan.stacks}
    suffixes = dict.fromkeys(label.partition(":")[1] + label.partition(":")[2] for label in labels)
    for suffix in sorted(suffixes):
        for number, (text, parts) in enumerate(_ARTICLE, start=1):
            mine = tuple(
                msgspec.structs.replace(part, first=part.first + suffix, second=part.second + suffix) for part in parts
            )
            if all({part.first, part.second} <= labels for part in mine):
                told = f"{text} (:{suffix[1:]})" if suffix else text
                yield Claim(source="article", number=number, text=told, parts=mine)
    for number, text in enumerate(plan.claims, start=1):
        yield Claim(source="own", number=number, text=text, parts=(statement_of(text),))


def answer_of(claim: Claim, rankings: Mapping[str, Ranking], plan: Plan) -> ClaimAnswer:
    """The claim, held against the rankings (by objective)."""
    parts = tuple(_part(statement, rankings, plan) for statement in claim.parts)
    return ClaimAnswer(
        source=claim.source,
        number=claim.number,
        text=claim.text,
        answer=all_of(part.answer for part in parts),
        parts=parts,
    )


def _part(statement: Statement, rankings: Mapping[str, Ranking], plan: Plan) -> ClaimPart:
    name = statement.objective or plan.objectives[0]
    margin = plan.margin if statement.margin is None else statement.margin
    ranking = rankings[name]
    part = ClaimPart(
        first=statement.first,
        relation=statement.relation,
        second=statement.second,
        objective=name,
        margin=margin,
        answer=Answer.UNDECIDED,
    )
    unranked = [each.stack for each in ranking.unranked if each.stack in (statement.first, statement.second)]
    if unranked:
        return msgspec.structs.replace(part, missing=f"{' and '.join(unranked)} could not be ranked")
    found = ranking.between(part.first, part.second)
    part = msgspec.structs.replace(part, ratio=found.ratio, low=found.low, high=found.high)
    if found.low is None or found.high is None:
        return msgspec.structs.replace(part, missing=f"nothing is known of {part.first} beside {part.second} yet")
    higher = OBJECTIVES[name].higher_is_better
    better = (found.low, found.high) if higher else (1 / found.high, 1 / found.low)
    if part.relation is Relation.AT_LEAST_TIED and statement.margin is not None and higher:
        # At most 15 % behind is 0.85 of it, which is less than 1 / 1.15.
        margin = statement.margin / (1 - statement.margin)
    return msgspec.structs.replace(part, answer=answer(*better, part.relation, margin))
