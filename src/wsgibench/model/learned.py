"""What a short look at a stack found, before anything was measured."""

from wsgibench.model.record import Record

_WAITING = 1.5
"""Answers that take so many times as long as one alone had to wait for one another."""
_PAUSE_SERVICES = 5.0
_PAUSE_LEAST_S = 0.1
_PAUSE_MOST_S = 5.0
"""What a turn can wait for."""
_IDLE_MOST = 0.04
"""Of a core, without any request; twice what the gate ``idle-cpu`` allows, for a look is short."""


class Learned(Record, frozen=True, kw_only=True):
    """One stack.

    Attributes:
        stack: its label.
        service_s: how long an answer takes that has the stack for itself, the mean of a few.
        bears_per_s: how many requests/s it answers with ``connections`` of them under way.
        longest_gap_s: the longest time between two responses meanwhile.
        idle_cpu_share: CPU that it uses without any request, as a share of one core.
        engine_cpu_share: CPU of the load engine as it found ``bears_per_s``, or at a rate of as many where a curve goes
            on to that, as a share of one core; without what any client pays for connections.
        start_s: from its start until it was proved right and warm.
    """

    stack: str
    service_s: float
    bears_per_s: float
    connections: int
    longest_gap_s: float
    idle_cpu_share: float
    engine_cpu_share: float
    start_s: float

    @property
    def is_saturated(self) -> bool:
        """Whether more connections would hardly get more: else it bears at least ``bears_per_s``."""
        return self.connections / self.bears_per_s > _WAITING * self.service_s

    @property
    def pauses(self) -> bool:
        """Whether it stood still for longer than its answers take."""
        return self.longest_gap_s > pause_least_s(self.service_s)

    @property
    def is_busy_idle(self) -> bool:
        """Whether it works when nobody asks anything, which would take from the others in their turns."""
        return works_idle(self.idle_cpu_share)

    @property
    def stands_still(self) -> bool:
        """Whether it pauses for longer than a turn can wait."""
        return self.pauses and self.longest_gap_s > _PAUSE_MOST_S

    @property
    def is_unfit_for_turns(self) -> bool:
        """Whether stacks are to be measured one after another because of it."""
        return self.is_busy_idle or self.stands_still


def works_idle(cpu_share: float) -> bool:
    """Whether that much CPU without any request, as a share of a core, is work and no remainder of the start."""
    return cpu_share > _IDLE_MOST


def pause_least_s(service_s: float) -> float:
    """Nothing came for longer than that: a pause, if an answer takes ``service_s``."""
    return _PAUSE_LEAST_S + _PAUSE_SERVICES * service_s
