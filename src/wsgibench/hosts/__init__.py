"""Hosts: where stacks run. Local is the only one yet.

Whatever is done for a stack where it runs goes through its ``Host``: writing its files, starting and stopping its
programs, finding its ports, pinning it to cores, reading its CPU clocks and its logs. What is above knows no other way,
so that stacks on another machine need a second host and nothing else.
"""

from wsgibench.hosts.host import Host, Liveness
from wsgibench.hosts.local import LocalHost

__all__ = ["Host", "Liveness", "LocalHost"]
