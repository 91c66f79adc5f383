"""Answers of the stacks of a block, compared while it is measured, and all can be asked again."""

from collections.abc import Callable, Mapping, Sequence
from itertools import chain

from wsgibench.analysis.gates.same_bodies import BY_NATURE, wrong_in_words
from wsgibench.bench.bodies.comparing import Comparison
from wsgibench.bench.bodies.known import Known
from wsgibench.bench.bodies.sending_again import SendAgain, sender
from wsgibench.bench.run_context import RunContext
from wsgibench.bench.running_trial import RunningTrial
from wsgibench.errors import WrongBodyError
from wsgibench.model.answer_table import Answers
from wsgibench.model.engine import LoadDone
from wsgibench.model.plan import Plan
from wsgibench.model.secrets import Secrets

Clocks = Callable[..., dict[str, float]]


class BlockBodies:
    """Compares what the trials that are up answer, and ends those that are wrong: their figures are worth nothing.

    Those of one variant are held against one another, and not against those of another, unless all must be the same.
    Asking again takes place between turns, and what it costs is not held against the stacks.
    """

    def __init__(self, context: RunContext, of_all: Mapping[str, Comparison] | None) -> None:
        """With ``of_all`` the trials are some of many whose answers it gathers, and nothing is concluded here."""
        self._alike = {stack.label: context.plan.alike(stack) for stack in context.plan.stacks}
        self._of = {
            name: _Bodies(context, known, of_all[name] if of_all else None) for name, known in context.known.items()
        }

    def dispute(self, done: LoadDone) -> None:
        """What the engine says of a load."""
        self._of[self._alike[done.target]].dispute(done)

    def compare_first(self, trials: Sequence[RunningTrial]) -> None:
        """By what they answered as they came up, and by what some stack answered wrongly in an earlier block."""
        for name, bodies in self._of.items():
            bodies.compare_first(self._mine(name, trials))

    def settle(self, trials: Sequence[RunningTrial], clocks: Clocks) -> None:
        """By what the engine has found disputed so far."""
        for name, bodies in self._of.items():
            bodies.settle(self._mine(name, trials), clocks)

    def conclude(
        self, answers: Mapping[str, Answers], up: Sequence[RunningTrial], every: Sequence[RunningTrial]
    ) -> None:
        """By all that was answered; what is wrong is for the gates of those that have ended the block."""
        for name, bodies in self._of.items():
            told = {label: answered for label, answered in answers.items() if self._alike[label] == name}
            bodies.conclude(told, self._mine(name, up), self._mine(name, every))

    def _mine(self, name: str, trials: Sequence[RunningTrial]) -> list[RunningTrial]:
        return [trial for trial in trials if self._alike[trial.label] == name]


def comparison_of(plan: Plan, known: Known) -> Comparison:
    """Of stacks that are asked for what the plan says; in a curve each is asked at rates of its own."""
    among = plan.requests.paths_in_all if plan.curve else None
    return Comparison(known, Secrets.of(plan).hidden, by_chance_among=among)


class _Bodies:
    """Those of trials that must answer alike."""

    def __init__(self, context: RunContext, known: Known, of_all: Comparison | None) -> None:
        self._context = context
        self._known = known
        self._hidden = Secrets.of(context.plan).hidden
        self._comparison = of_all or comparison_of(context.plan, known)
        self._concludes = of_all is None and context.plan.check_bodies

    def dispute(self, done: LoadDone) -> None:
        self._comparison.dispute(done.target, done.disputed)

    def compare_first(self, trials: Sequence[RunningTrial]) -> None:
        if not self._concludes:
            return
        first = Comparison(Known([trial.label for trial in trials]), self._hidden)
        first.add_together(
            {
                trial.label: {path: body.checksum for path, body in trial.running_stack.first_bodies.items()}
                for trial in trials
            }
        )
        first.doubt(self._known.contradicted)
        self._settle(first, trials)

    def settle(self, trials: Sequence[RunningTrial], clocks: Clocks) -> None:
        if not self._concludes or not self._comparison.is_open:
            return
        start_s, before = self._context.clock.time(), [clocks(*trial.trees) for trial in trials]
        self._settle(self._comparison, trials)
        for trial, earlier in zip(trials, before, strict=True):
            trial.was_busy(self._context.clock.time() - start_s, earlier, clocks(*trial.trees))

    def conclude(
        self, answers: Mapping[str, Answers], up: Sequence[RunningTrial], every: Sequence[RunningTrial]
    ) -> None:
        self._comparison.add_together({label: answered.by_path() for label, answered in answers.items()})
        if not self._concludes:
            return
        send_again = self._send_again(up)
        while up and self._comparison.is_open:
            self._comparison.settle(send_again)
        self._comparison.conclude()
        self._remember(self._comparison)
        for trial in every:
            if trial.label in answers:
                trial.outcome.bodies = self._comparison.of(trial.label)

    def _settle(self, comparison: Comparison, trials: Sequence[RunningTrial]) -> None:
        found = comparison.settle(self._send_again(trials))
        self._remember(comparison)
        for trial in trials:
            if trial.label in found:
                trial.outcome.error = _error_of(comparison, trial.label)
                trial.outcome.bodies = comparison.shown_of(trial.label)
                trial.running_stack.stop()

    def _remember(self, comparison: Comparison) -> None:
        for wrong in (*chain.from_iterable(comparison.wrong.values()), *comparison.undecided.values()):
            self._known.contradict(wrong.path)

    def _send_again(self, trials: Sequence[RunningTrial]) -> SendAgain:
        addresses = {trial.label: trial.running_stack.address for trial in trials}
        return sender(addresses, self._context.plan.requests, check=self._context.deadline.check)


def _error_of(comparison: Comparison, label: str) -> WrongBodyError:
    """Why a stack has to leave the block."""
    shown = comparison.shown_of(label)
    if shown.wrong:
        return WrongBodyError(f"'{label}' answers {wrong_in_words(shown.wrong[0])}", BY_NATURE)
    words = wrong_in_words(comparison.undecided[label])
    return WrongBodyError(f"Nobody knows who is right: '{label}' answers {words}", BY_NATURE)
