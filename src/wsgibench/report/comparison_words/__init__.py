"""Runs held against one another, in words. Every sentence is made from the record of the comparison alone."""

from wsgibench.report.comparison_words.document import Document, Section, Table, document
from wsgibench.report.comparison_words.markdown import markdown

__all__ = ["Document", "Section", "Table", "document", "markdown"]
