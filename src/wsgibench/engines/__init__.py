"""Engines: one adapter a file, each binding ``ENGINE``. An adapter returns data and touches no process."""

from wsgibench.model.engine import Engine
from wsgibench.registry import Registry

ENGINES = Registry("wsgibench.engines", "engine", "ENGINE", Engine)
