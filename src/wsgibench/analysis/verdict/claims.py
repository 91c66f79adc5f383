"""Claims about stacks: the article's, and one's own from ``wsgibench.toml``."""

from collections.abc import Iterator, Sequence

import msgspec

from wsgibench.analysis.verdict.statements import Statement, statement_of
from wsgibench.errors import UsageError
from wsgibench.model.plan import Plan
from wsgibench.model.record import Record
from wsgibench.model.verdict import Relation


class Claim(Record, frozen=True, kw_only=True):
    """Statements that must all hold."""

    source: str
    number: int
    text: str
    parts: tuple[Statement, ...]

    @property
    def is_own(self) -> bool:
        """Whether the user made it."""
        return self.source == "own"


def unanswerable(plan: Plan) -> Iterator[str]:
    """What keeps claims of one's own from being answered: a sentence for each that is about a stack not in the run."""
    labels = [stack.label for stack in plan.stacks]
    for text in plan.claims:
        absent = statement_of(text).not_in(labels)
        if absent:
            verb = "is" if len(absent) == 1 else "are"
            yield f"The claim '{text}' is about {' and '.join(absent)}, which {verb} not in this run."


def require_claims(claims: Sequence[str]) -> None:
    """Refuse to assert nothing.

    Raises:
        UsageError: there are no claims.
    """
    if not claims:
        raise UsageError("There are no claims to assert.", "Give them to wsgibench run: --claims 'FIRST > SECOND'.")


def require_answerable(plan: Plan) -> None:
    """Refuse a plan with claims of one's own about stacks that it does not have.

    Raises:
        UsageError: there is one.
    """
    for sentence in unanswerable(plan):
        raise UsageError(
            sentence,
            f"The run has {', '.join(stack.label for stack in plan.stacks)}. Add the stack, or drop the claim.",
        )


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
    """Those of the article that the run's stacks can answer, with each suffix and variant; then the plan's own."""
    labels = {stack.label for stack in plan.stacks}
    suffixes = {stack.label.removeprefix(stack.name) for stack in plan.stacks}
    for suffix in sorted(suffixes):
        for number, (text, parts) in enumerate(_ARTICLE, start=1):
            mine = tuple(
                msgspec.structs.replace(part, first=part.first + suffix, second=part.second + suffix) for part in parts
            )
            if all({part.first, part.second} <= labels for part in mine):
                told = f"{text} ({suffix})" if suffix else text
                yield Claim(source="article", number=number, text=told, parts=mine)
    for number, text in enumerate(plan.claims, start=1):
        yield Claim(source="own", number=number, text=text, parts=(statement_of(text),))
