"""Monitors: one adapter a file, each binding ``MONITOR``. An adapter returns data and touches no process."""

from wsgibench.model.monitor import Monitor
from wsgibench.monitors._cpu import TreeCpu
from wsgibench.monitors._others import OtherCpu
from wsgibench.registry import Registry

MONITORS = Registry("wsgibench.monitors", "monitor", "MONITOR", Monitor)

__all__ = ["MONITORS", "OtherCpu", "TreeCpu"]
