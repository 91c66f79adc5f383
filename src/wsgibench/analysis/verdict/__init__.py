"""From the trials of a run to its verdict."""

from wsgibench.analysis.verdict.conclude import verdict_of

__all__ = ["verdict_of"]
