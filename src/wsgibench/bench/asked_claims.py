"""The claims that the user made."""

from wsgibench.analysis.verdict.statements import statement_of
from wsgibench.deploy.requirements import check_stack
from wsgibench.errors import UsageError
from wsgibench.model.plan import Plan
from wsgibench.model.stack import parse_candidate


def check_claims(plan: Plan) -> None:
    """Refuse a plan with claims of one's own that no run could answer.

    Raises:
        UsageError: one is no claim, is about one stack alone, or about what is no stack.
    """
    for text in plan.claims:
        statement = statement_of(text)
        for stack in (statement.first, statement.second):
            check_stack(parse_candidate(stack))
        if statement.first == statement.second:
            raise UsageError(f"The claim '{text}' is about one stack alone.", "Name two.")
