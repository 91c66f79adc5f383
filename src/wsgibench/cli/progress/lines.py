"""How a run goes, in plain lines: in a log file, a pipe, a terminal that can do no more."""

from collections.abc import Sequence

from wsgibench.analysis.verdict.interim import Look
from wsgibench.cli.progress.board import Board
from wsgibench.cli.progress.sentences import figures, how_to_start, settled
from wsgibench.cli.terminal import say
from wsgibench.model.engine import LoadDone, Progress, Waiting
from wsgibench.model.learned import Learned
from wsgibench.model.plan import Plan
from wsgibench.model.stack import Stack
from wsgibench.model.trial import Trial
from wsgibench.report.adaptation import adaptations
from wsgibench.report.placement import placement_in_words
from wsgibench.units import counted, format_duration


class Lines:
    """Passes all on to a board, and says in a line what was found; the steps on the way there are too small for one."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._trials = 0

    def begin_run(self, plan: Plan, *, folder: str, trials: int, finished: tuple[Trial, ...]) -> None:
        """Say what was noted before, and what will be done."""
        for note in self._board.notes:
            _say(note)
        self._board.begin_run(plan, folder=folder, trials=trials, finished=finished)
        self._trials = trials
        done = f", {len(finished)} of them done" if finished else ""
        cores = f", {placement_in_words(plan.cores)}" if plan.cores else ""
        _say(f"{folder}: at most {counted(trials, 'trial')}{done}, {self._left()}{cores}")

    def adapt(self, plan: Plan, learned: Sequence[Learned], *, trials: int) -> None:
        """Say why the plan is as it is."""
        self._board.adapt(plan, learned, trials=trials)
        self._trials = trials
        for sentence in adaptations(plan, learned):
            _say(sentence)
        _say(f"at most {counted(trials, 'trial')}, {self._left()}")

    def begin_trial(self, stack: Stack, *, block: int, number: int) -> None:
        """Pass it on."""
        self._board.begin_trial(stack, block=block, number=number)

    def stage(self, name: str, stack: Stack | None) -> None:
        """Pass it on."""
        self._board.stage(name, stack)

    def waiting(self, waiting: Waiting) -> None:
        """Say how to start them."""
        self._board.waiting(waiting)
        _say(how_to_start(waiting))

    def begin_turn(self, stack: Stack, *, phase: str, number: int, rounds: int) -> None:
        """Pass it on."""
        self._board.begin_turn(stack, phase=phase, number=number, rounds=rounds)

    def end_turn(self, done: LoadDone) -> None:
        """Pass it on."""
        self._board.end_turn(done)

    def progress(self, progress: Progress) -> None:
        """Pass it on."""
        self._board.progress(progress)

    def end_trial(self, trial: Trial) -> None:
        """Say what came of it."""
        known = len(self._board.notes)
        self._board.end_trial(trial)
        which = f"trial {trial.number} of {self._trials}:"
        for name, found in trial.phases.items():
            _say(f"{which} {trial.stack.label} (block {trial.block}): {name} {figures(found)}")
        for sentence in self._board.notes[known:]:
            _say(f"{which} {sentence}")

    def look(self, look: Look) -> None:
        """Say what is settled, and how long it may still take."""
        self._board.look(look)
        _say(f"{settled(look)}, {self._left()}")

    def note(self, sentence: str) -> None:
        """Say it."""
        self._board.note(sentence)
        _say(sentence)

    def _left(self) -> str:
        snapshot = self._board.snapshot()
        return f"at most {format_duration(max(snapshot.left_s, 1.0))} left" if snapshot else ""


def _say(text: str) -> None:
    say(text, err=True)
