"""Servers: one adapter a file, each binding ``SERVER``. An adapter returns data and touches no process."""

from wsgibench.model.server import Server
from wsgibench.registry import Registry

SERVERS = Registry("wsgibench.servers", "server", "SERVER", Server)
