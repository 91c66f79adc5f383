"""Proxies: one adapter a file, each binding ``PROXY``. An adapter returns data and touches no process."""

from wsgibench.model.proxy import Proxy
from wsgibench.registry import Registry

PROXIES = Registry("wsgibench.proxies", "proxy", "PROXY", Proxy)
