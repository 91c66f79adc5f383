"""What a run folder holds of one trial in one phase, and the curves in it."""

from collections.abc import Sequence
from dataclasses import dataclass

from wsgibench.model.monitor import Sample
from wsgibench.model.recording import Recording
from wsgibench.model.trial import Trial
from wsgibench.report.trees import tree_curves
from wsgibench.report.windows import (
    Curve,
    Windows,
    loaded_s,
    machine_curves,
    recorded_curves,
    totals_of_turns,
    turn_curves,
)
from wsgibench.stats.ratios import ratios


@dataclass(frozen=True, kw_only=True)
class TrialData:
    """``recording`` is None and ``samples`` are empty where they could not be read."""

    trial: Trial
    phase: str
    span_s: float
    recording: Recording | None
    samples: Sequence[Sample]

    def curves(self, width_s: int, seen_width_s: int) -> dict[str, Curve]:
        """By the measure's name: load in windows of ``width_s``, samples of ``seen_width_s``."""
        seen = self._seen_curves(Windows(seen_width_s, self.span_s)) if self.samples else {}
        return self._load_curves(width_s, cumulative=False) | seen

    def cumulative_curves(self, width_s: int) -> dict[str, Curve]:
        """Of the load, by the measure's name: each point, one every ``width_s``, stands for all since the start."""
        return self._load_curves(width_s, cumulative=True)

    def _load_curves(self, width_s: int, *, cumulative: bool) -> dict[str, Curve]:
        if not self.recording:
            return {}
        windows = Windows(width_s, self.span_s)
        curves = recorded_curves(self.recording, windows, cumulative=cumulative)
        turns = [turn for turn in self.trial.turns if turn.phase == self.phase]
        return curves | (turn_curves(turns, self.recording.start_s, windows, cumulative=cumulative) if turns else {})

    def _seen_curves(self, windows: Windows) -> dict[str, Curve]:
        start_s = self.trial.phases[self.phase].start_s
        turns = [turn for turn in self.trial.turns if turn.phase == self.phase]
        length_s = loaded_s(turns, start_s, windows) if turns else windows.lengths_s
        costs = tree_curves(self.samples, self.trial.stack.label, start_s, windows, length_s)
        if turns:
            # One engine serves all stacks, so that its tree does not say for whom; its turns do.
            engine_s = totals_of_turns(turns, start_s, windows, [turn.engine_cpu_s for turn in turns])
            costs["engine-cpu"] = Curve(windows.middles_s, ratios(engine_s, length_s))
        return machine_curves(self.samples, start_s, windows) | costs
