"""The moments of a load."""

from dataclasses import dataclass
from time import monotonic

from wsgibench.model.engine import RunLoad
from wsgibench.model.load import Load


@dataclass(frozen=True)
class LoadWindow:
    """When a load begins, and when its recorded part is to begin and to end; on CLOCK_MONOTONIC.

    Each of the two may come up to ``patience_s`` later (``RunLoad``).
    """

    begin: float
    record: float
    end: float
    patience_s: float

    @staticmethod
    def of(load: Load, command: RunLoad) -> "LoadWindow":
        """From now on, or from when the command says; users are all there before the warm-up begins."""
        begin = monotonic() if command.begin_s is None else command.begin_s
        record = begin + load.ramp_s + command.warmup_s
        return LoadWindow(begin, record, record + command.duration_s, command.patience_s)
