"""Stacks that are measured one after another are compared when the block is whole, whenever the run was broken off."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from support.fakes import World, a_plan, without_bodies
from wsgibench.analysis.audit import audit
from wsgibench.analysis.gates.compared_bodies import not_compared
from wsgibench.bench.experiment import begin, carry_out, run
from wsgibench.model.answer_table import Answers
from wsgibench.model.trial import Trial
from wsgibench.runs.folder import RunFolder

THREE = {"gunicorn": 0.010, "uwsgi": 0.008, "waitress": 0.005}
NOT_SETTLED = "could not be asked again: who is right is not known."
"""Nothing listens where these stacks pretend to."""


def said_of_bodies(trial: Trial) -> list[str]:
    return [gate.cause for gate in trial.gates if gate.name == "compared-bodies" and not gate.passed]


def at(number: int, act: Callable[[], None]) -> Callable[[int, str], None]:
    """Do that at the load of this number."""
    return lambda load, _: act() if load == number else None


def interrupt() -> None:
    raise KeyboardInterrupt


def interrupted(folder: RunFolder, world: World) -> tuple[Trial, ...]:
    """What is there of a run that was interrupted."""
    with pytest.raises(KeyboardInterrupt):
        carry_out(folder, parts=world.parts())
    return folder.read().trials


@pytest.mark.parametrize("wrong", ["gunicorn", "waitress", None])
def test_trials_of_before_an_interruption_are_compared_with_those_of_after_it(tmp_path: Path, wrong) -> None:
    """They do not count until then, for what other stacks would have said; and none is measured again."""
    world = World(THREE, on_load=at(3, interrupt), wrong={wrong} - {None})
    folder = begin(a_plan(THREE, blocks=1, turn_s=None), tmp_path, parts=world.parts())
    before = interrupted(folder, world)
    assert len(before) == 2
    for trial in before:
        assert not trial.counts
        assert "was broken off before" in said_of_bodies(trial)[0]
    assert audit(folder).run.trials == before
    world.log.clear()
    done = carry_out(folder, parts=world.parts())
    assert [what for what, _ in world.log].count("saturated") == 1
    assert tuple(map(without_bodies, done.trials[:2])) == tuple(map(without_bodies, before))
    for trial in done.trials:
        assert trial.bodies is not None
        assert trial.counts is (wrong is None)
        assert [NOT_SETTLED in said for said in said_of_bodies(trial)] == ([] if wrong is None else [True])
    assert not list(folder.path.glob("trials/*/.answers.npz"))


def as_if_killed(folder: RunFolder, trials: tuple[Trial, ...], *, answers: bool) -> None:
    """Before what they answered was compared."""
    for trial in trials:
        if answers:
            folder.trial(trial).write_answers(Answers.of({"/": 0}))
        kept = without_bodies(trial)
        folder.trial(trial).write(msgspec.structs.replace(kept, gates=(*kept.gates, not_compared())))


@pytest.mark.parametrize(("answers", "loads"), [(True, 0), (False, 3)])
def test_a_block_that_is_whole_and_was_not_compared_is_compared(tmp_path: Path, *, answers: bool, loads: int) -> None:
    """By what was kept of its answers; if that is gone, it is measured anew."""
    world = World(THREE)
    done = run(a_plan(THREE, blocks=2, turn_s=None), tmp_path, parts=world.parts())
    folder = RunFolder.open(Path(done.folder))
    as_if_killed(folder, done.trials[3:], answers=answers)
    world.log.clear()
    again = carry_out(folder, parts=world.parts())
    assert [what for what, _ in world.log].count("saturated") == loads
    assert [trial.bodies for trial in again.trials] == [trial.bodies for trial in done.trials]
    assert all(trial.counts for trial in again.trials)


def test_trials_before_the_end_of_the_budget_are_compared(tmp_path: Path) -> None:
    """Though time ran out among those of their block: in the middle of its third trial."""
    world = World(THREE)

    def a_long_time() -> None:
        world.now_s += 1000.0

    world.on_load = at(6, a_long_time)
    done = run(a_plan(THREE, turn_s=None, budget_s=100.0), tmp_path, parts=world.parts())
    assert len(done.trials) == 5
    assert all(trial.bodies is not None and trial.counts for trial in done.trials)
