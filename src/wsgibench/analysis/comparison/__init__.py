"""From several runs to what changed between them."""

from wsgibench.analysis.comparison.compare import compare_runs, read_ended

__all__ = ["compare_runs", "read_ended"]
