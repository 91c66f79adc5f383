"""This machine, for tests that look at processes and start none."""

from pathlib import Path

from wsgibench.hosts import LocalHost

HERE = LocalHost(Path("/nonexistent"))
