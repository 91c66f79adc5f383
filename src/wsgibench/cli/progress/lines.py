"""How a run goes, in plain lines: in a log file, a pipe, a terminal that can do no more."""

from collections.abc import Iterator, Sequence

from wsgibench.analysis.verdict.interim import Look
from wsgibench.bench.listener import BlocksAdded, Event, Noted, PlanAdapted, RunBegan
from wsgibench.cli.progress.board import Board
from wsgibench.cli.progress.sentences import figures, settled
from wsgibench.cli.terminal import say
from wsgibench.model.engine import Waiting
from wsgibench.model.trial import Trial
from wsgibench.report.placement import placement_in_words
from wsgibench.units import counted, format_duration


class Lines:
    """Passes all on to a board, and says in a line what was found; the steps on the way there are too small for one."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._trials = 0

    def hear(self, event: Event) -> None:
        """See ``Listener``."""
        known = 0 if isinstance(event, RunBegan) else len(self._board.notes)
        if isinstance(event, RunBegan):
            for note in self._board.notes:
                _say(note)
        self._board.hear(event)
        for sentence in self._sentences(event, self._board.notes[known:]):
            _say(sentence)

    def _sentences(self, event: Event, noted: Sequence[str]) -> Iterator[str]:
        """What is worth a line; ``noted`` is what the board made of it."""
        match event:
            case RunBegan():
                self._trials = event.trials
                done = f", {len(event.finished)} of them done" if event.finished else ""
                cores = f", {placement_in_words(event.plan.cores)}" if event.plan.cores else ""
                yield f"{event.folder}: at most {counted(event.trials, 'trial')}{done}, {self._left()}{cores}"
            case PlanAdapted():
                self._trials = event.trials
                yield from noted
                yield f"at most {counted(event.trials, 'trial')}, {self._left()}"
            case BlocksAdded():
                self._trials = event.trials
                yield f"There is time for more: {counted(event.blocks, 'block')} in all, {self._left()}"
            case Waiting() | Noted():
                yield from noted
            case Trial():
                which = f"trial {event.number} of {self._trials}:"
                rungs = {rung.name for rung in event.rungs}
                for name, found in event.phases.items():
                    if name not in rungs:
                        yield f"{which} {event.stack.label} (block {event.block}): {name} {figures(found)}"
                if bears := self._board.bears(event):
                    yield f"{which} {event.stack.label} (block {event.block}): {bears}"
                yield from (f"{which} {sentence}" for sentence in noted)
            case Look():
                yield f"{settled(event)}, {self._left()}"

    def _left(self) -> str:
        snapshot = self._board.snapshot()
        return f"at most {format_duration(max(snapshot.left_s, 1.0))} left" if snapshot else ""


def _say(text: str) -> None:
    say(text, err=True)
