"""Whether a trial is one of its run's."""

from wsgibench.model.run import Run
from wsgibench.model.slots import slots_of
from wsgibench.model.stack import Stack
from wsgibench.model.trial import Trial


class Belonging:
    """Told of each trial of a run once, finds those that are none of it: copies, or of another run."""

    def __init__(self, run: Run) -> None:
        self._stacks = {stack.label: stack for stack in run.plan.stacks}
        slots = slots_of(run.plan)
        self._drawn = {slot.folder for slot in slots}
        # Records of before need not be numbered as today's. Nor is an order drawn by another Python held against any:
        # it only tells which of two that claim one place has it.
        self._positions = {slot.number: (slot.block, slot.position) for slot in slots} if run.format > 1 else None
        self._taken: set[tuple[int, str | None]] = set()

    def order(self, folder: str) -> tuple[bool, str]:
        """By which the folders are told, of that name: first those that the plan drew."""
        return folder not in self._drawn, folder

    def why_not(self, trial: Trial, folder: str) -> str | None:
        """A clause that says why the trial in the folder of that name is none of the run's; None where it is one."""
        label = trial.stack.label
        if trial.folder != folder:
            return f"its record is that of '{trial.folder}'"
        if label not in self._stacks:
            return f"the plan has no stack '{label}'"
        if self._positions is not None and self._positions.get(trial.number) != (trial.block, trial.position):
            return f"the plan has no trial {trial.number} in block {trial.block}"
        if (trial.block, label) in self._taken:
            return f"block {trial.block} has another trial of {label}"
        if self._positions is not None and (trial.number, None) in self._taken:
            return f"there is another trial {trial.number}"
        self._taken |= {(trial.block, label), (trial.number, None)}
        return None

    def planned(self, trial: Trial) -> Stack:
        """The stack that the trial was to measure."""
        return self._stacks[trial.stack.label]
