"""The page of a run: ``report.html``."""

from wsgibench.report.page.page import page_of

__all__ = ["page_of"]
