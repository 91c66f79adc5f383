"""From several runs to what changed between them."""

from wsgibench.analysis.comparison.compare import compare_runs

__all__ = ["compare_runs"]
