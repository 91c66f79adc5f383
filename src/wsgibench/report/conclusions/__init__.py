"""The verdict in words. Every sentence is made from the record of the verdict alone."""

from wsgibench.report.conclusions.claims import ClaimLine, claim_lines
from wsgibench.report.conclusions.closing import certainty, closing, limits
from wsgibench.report.conclusions.markdown import markdown
from wsgibench.report.conclusions.rankings import Row, headline, place, rows, title

__all__ = [
    "ClaimLine",
    "Row",
    "certainty",
    "claim_lines",
    "closing",
    "headline",
    "limits",
    "markdown",
    "place",
    "rows",
    "title",
]
