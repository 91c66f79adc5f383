"""The page of a run, ``report.html``, and of several side by side."""

from wsgibench.report.page.page import page_of
from wsgibench.report.page.side_by_side import side_by_side

__all__ = ["page_of", "side_by_side"]
