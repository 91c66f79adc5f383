"""From the trials of a run to its verdict."""

from wsgibench.bench.verdict.conclude import verdict_of

__all__ = ["verdict_of"]
