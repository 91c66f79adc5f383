"""Monitors: one adapter a file, each binding ``MONITOR``. An adapter returns data and touches no process."""

from wsgibench.model.monitor import Monitor
from wsgibench.registry import Registry

MONITORS = Registry("wsgibench.monitors", "monitor", "MONITOR", Monitor)
