"""The lines of a chart over time: each stack as a whole, each trial, and each trial in its shortest windows."""

from collections.abc import Sequence
from dataclasses import dataclass

from wsgibench.model.stack import Stack
from wsgibench.report.lines import MACHINE, Kind, Line, median_curve
from wsgibench.report.measures import Measure
from wsgibench.report.page.chart import Series
from wsgibench.report.page.thinning import thinned
from wsgibench.report.reading import PhaseCurves, TrialCurves
from wsgibench.report.theme import way_of
from wsgibench.report.windows import Curve


@dataclass(frozen=True)
class HistoryLines:
    """Makes the lines of a chart.

    ``began_s`` is when the run began, ``fine_points`` how many points a line in the shortest windows may keep;
    ``suffixed`` as of ``way_of``.
    """

    curves: PhaseCurves
    measure: Measure
    began_s: float
    fine_points: int
    suffixed: bool

    @property
    def is_shared(self) -> bool:
        """Whether the figure belongs to all stacks of a block together."""
        return self.measure.of_machine and self.curves.in_turns

    def panels(self) -> list[tuple[str, list[Series]]]:
        """Title and lines of each panel: one for each number of workers."""
        having = [each for each in self.curves.trials if self.measure.name in each.curves]
        if self.is_shared:
            return [("", self._machine(having))] if having else []
        counts = sorted({each.trial.stack.workers for each in having})
        return [
            (
                f"{count} workers" if len(counts) > 1 else "",
                self._lines([each for each in having if each.trial.stack.workers == count]),
            )
            for count in counts
        ]

    def _machine(self, having: Sequence[TrialCurves]) -> list[Series]:
        first = {each.trial.block: each for each in reversed(having)}
        lines = [self._of_trial(each, MACHINE, MACHINE, MACHINE, Kind.TRIAL) for each in first.values()]
        return [*lines, _result([each.curves[self.measure.name] for each in first.values()], MACHINE, MACHINE, MACHINE)]

    def _lines(self, having: Sequence[TrialCurves]) -> list[Series]:
        stacks = sorted({each.trial.stack for each in having}, key=lambda stack: stack.label)
        return [
            series
            for stack in stacks
            for series in self._of_stack(stack, [each for each in having if each.trial.stack == stack])
        ]

    def _of_stack(self, stack: Stack, mine: Sequence[TrialCurves]) -> list[Series]:
        names = (stack.label, stack.server, way_of(stack, suffixed=self.suffixed))
        counting = [each.curves[self.measure.name] for each in mine if each.trial.counts]
        series = [] if counting else [_result([mine[0].curves[self.measure.name]], *names, kind=Kind.UNCOUNTED)]
        for each in mine:
            kind = Kind.TRIAL if each.trial.counts else Kind.UNCOUNTED
            series.append(self._of_trial(each, *names, kind))
            if self.measure.name in each.fine:
                series.append(self._of_trial(each, *names, kind, fine=True))
        return [*series, _result(counting, *names)] if counting else series

    def _of_trial(
        self, each: TrialCurves, label: str, server: str, proxy: str, kind: Kind, *, fine: bool = False
    ) -> Series:
        curve = thinned(each.fine[self.measure.name], self.fine_points) if fine else each.curves[self.measure.name]
        line = Line(label=label, server=server, proxy=proxy, kind=kind, named=False, curve=curve)
        offset_s = each.trial.phases[self.curves.phase].start_s - self.began_s
        return Series(line=line, block=each.trial.block, offset_s=offset_s, fine=fine)


def _result(curves: Sequence[Curve], label: str, server: str, proxy: str, *, kind: Kind = Kind.RESULT) -> Series:
    """The line of a stack over all blocks; where no trial counts, the first one's stands for it."""
    line = Line(label=label, server=server, proxy=proxy, kind=kind, named=True, curve=median_curve(curves))
    return Series(line=line)
