"""The verdict in words. Every sentence is made from the record of the verdict alone."""

from wsgibench.report.conclusions.capacity import limits_in_words, needed_in_words
from wsgibench.report.conclusions.changes import ChangeLine, changes, changes_title
from wsgibench.report.conclusions.claim_lines import ClaimLine, claim_lines, claims_in_short
from wsgibench.report.conclusions.closing import certainty, closing, limits
from wsgibench.report.conclusions.costs import COSTS_SAID, CostTable, cost_tables
from wsgibench.report.conclusions.functions import FUNCTIONS_SAID, function_tables, functions_in_words
from wsgibench.report.conclusions.lead import answer, how_sure, not_shown, of_what
from wsgibench.report.conclusions.markdown import markdown
from wsgibench.report.conclusions.over_stacks import over_stacks
from wsgibench.report.conclusions.rankings import Row, heading_of, headline, rows, title
from wsgibench.report.conclusions.winners import Winner, WinnerKind, asked_for, winners

__all__ = [
    "COSTS_SAID",
    "FUNCTIONS_SAID",
    "ChangeLine",
    "ClaimLine",
    "CostTable",
    "Row",
    "Winner",
    "WinnerKind",
    "answer",
    "asked_for",
    "certainty",
    "changes",
    "changes_title",
    "claim_lines",
    "claims_in_short",
    "closing",
    "cost_tables",
    "function_tables",
    "functions_in_words",
    "heading_of",
    "headline",
    "how_sure",
    "limits",
    "limits_in_words",
    "markdown",
    "needed_in_words",
    "not_shown",
    "of_what",
    "over_stacks",
    "rows",
    "title",
    "winners",
]
