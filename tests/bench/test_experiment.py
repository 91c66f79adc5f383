"""What a run decides of blocks, budget, stopping, interruption and resumption, seen without any process or load."""

import dataclasses
import os
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.fakes import EPOCH_S, START_S, World, a_plan, without_bodies
from wsgibench.analysis.audit import audit
from wsgibench.analysis.verdict.interim import Look
from wsgibench.bench.actions import Action
from wsgibench.bench.experiment import begin, carry_out, run
from wsgibench.bench.ladder import RUNGS_MOST
from wsgibench.bench.listener import BlocksAdded, Event, PlanAdapted, StageReached
from wsgibench.errors import EngineError, OutOfTimeError, StartError
from wsgibench.model.cores import Cores
from wsgibench.model.curve import Curve, Limit
from wsgibench.model.load import Connections, Rate
from wsgibench.model.plan import Phase, Unsaid
from wsgibench.model.slots import slots_of
from wsgibench.model.trial import Trial
from wsgibench.model.verdict import Stop
from wsgibench.runs.folder import RunFolder
from wsgibench.stats.looks import looks_of

CORES = tuple(sorted(os.sched_getaffinity(0)))
THREE = {"gunicorn": 0.010, "uwsgi": 0.008, "waitress": 0.005}
in_a_folder = settings(deadline=None, max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])


def failed_gates(trial) -> list[str]:
    return [gate.name for gate in trial.gates if not gate.passed]


def in_order(done) -> list[tuple[object, ...]]:
    return sorted(((trial.number, trial.block, trial.stack) for trial in done.trials), key=lambda trial: trial[0])


def in_order_of(plan) -> list[tuple[object, ...]]:
    return [(slot.number, slot.block, slot.stack) for slot in slots_of(plan)]


@pytest.mark.parametrize("turn_s", [0.2, None], ids=["interleaved", "sequential"])
def test_each_block_has_each_stack_once_in_the_order_that_was_drawn(tmp_path: Path, turn_s) -> None:
    """Trials are those of the plan, all count, and nothing is left of them."""
    world, plan = World(THREE), a_plan(THREE, turn_s=turn_s)
    done = run(plan, tmp_path, parts=world.parts())
    assert in_order(done) == in_order_of(plan)
    assert {name for trial in done.trials for name in failed_gates(trial)} == set()
    assert (done.run.status, done.run.stop) == ("done", Stop.BLOCKS)
    assert world.nothing_is_left


@pytest.mark.parametrize("turn_s", [0.2, None], ids=["interleaved", "sequential"])
def test_all_stacks_ask_for_the_same_and_what_they_ask_for_goes_on_from_block_to_block(tmp_path: Path, turn_s) -> None:
    """Each load of a stack has a place of its own, without a gap, and the others have the same places."""
    world = World(THREE)
    run(a_plan(THREE, turn_s=turn_s, blocks=3), tmp_path, parts=world.parts())
    loads = 3 * (5 if turn_s else 1)
    assert sorted(world.places) == [(place, stack) for place in range(loads) for stack in sorted(THREE)]
    by_round = [{place for place, _ in world.places[at : at + 3]} for at in range(0, len(world.places), 3)]
    assert by_round == [{place} for place in range(loads)]


def test_the_rates_of_curves_ask_for_the_same_as_far_as_they_go(tmp_path: Path) -> None:
    """However many rates each stack is asked for: the first of each asks for the same, and so on."""
    world = World(THREE)
    curve = Curve(limits=(Limit(figure="p99", most=0.1, share=0.01, text="p99 < 100ms"),))
    run(a_plan(THREE, phases=(), blocks=2, curve=curve, unsaid=Unsaid()), tmp_path, parts=world.parts())
    of_each = [[place for place, whose in world.places if whose == stack and place < 1 << 20] for stack in THREE]
    for places in of_each:
        assert len(places) > 2 * 5
        first = [place for place in places if place < RUNGS_MOST]
        assert sorted(first) == list(range(len(first)))
        assert sorted(set(places) - set(first)) == list(range(RUNGS_MOST, RUNGS_MOST + len(places) - len(first)))


def test_who_failed_to_start_once_by_accident_is_looked_at_anew(tmp_path: Path) -> None:
    """That is no reason to measure all one after another, nor to go on without it."""
    plan = a_plan(THREE, blocks=3, unsaid=Unsaid(turn=True))
    late = slots_of(plan)[0].stack.label
    world = World(THREE, stumbles={late: {1}})
    done = run(plan, tmp_path, parts=world.parts())
    assert done.run.plan.alone_because == ""
    assert {each.stack for each in done.run.learned or ()} == set(THREE)
    assert [trial.counts for trial in done.trials] == [True] * 9
    assert world.nothing_is_left


def test_who_failed_in_the_first_look_alone_has_a_curve_later(tmp_path: Path) -> None:
    """Nothing is known of what it bears: its rates begin where the slowest other one's do, and find their way."""
    late = min(THREE, key=lambda label: THREE[label])  # so that it bears more than any other
    world = World(THREE, stumbles={late: {1, 4}})  # between these it starts alone, and beside the others
    curve = Curve(limits=(Limit(figure="p99", most=0.1, share=0.01, text="p99 < 100ms"),))
    done = run(a_plan(THREE, phases=(), blocks=2, curve=curve, unsaid=Unsaid(turn=True)), tmp_path, parts=world.parts())
    assert done.run.plan.alone_because == ""
    assert late not in {each.stack for each in done.run.learned or ()}
    first, second = sorted((trial for trial in done.trials if trial.stack.label == late), key=lambda each: each.block)
    assert failed_gates(first) == ["start"]
    assert max(rung.load.last_per_s or 0 for rung in second.rungs) > world.workers / THREE[late]


def test_interleaved_all_are_up_before_any_is_loaded(tmp_path: Path) -> None:
    """Each round has a turn of each stack, and the rounds have orders of their own."""
    world = World(THREE)
    run(a_plan(THREE, blocks=1), tmp_path, parts=world.parts())
    whats = [what for what, _ in world.log]
    assert whats == ["start"] * 3 + ["saturated"] * 15 + ["stop"] * 3
    rounds = [tuple(stack for _, stack in world.log[3 + 3 * number : 6 + 3 * number]) for number in range(5)]
    assert all(sorted(each) == sorted(THREE) for each in rounds)
    assert len(set(rounds)) > 1


def test_sequential_one_is_up_at_a_time(tmp_path: Path) -> None:
    """Each is started, loaded in one piece, and stopped before the next."""
    world = World(THREE)
    run(a_plan(THREE, blocks=2, turn_s=None), tmp_path, parts=world.parts())
    assert [what for what, _ in world.log] == ["start", "saturated", "stop"] * 6
    assert all(len({stack for _, stack in world.log[at : at + 3]}) == 1 for at in range(0, 18, 3))


def test_figures_are_those_of_the_stacks(tmp_path: Path) -> None:
    """Four workers that take 5 ms answer 800 a second, each of 32 connections in 40 ms."""
    done = run(a_plan(["waitress"]), tmp_path, parts=World(THREE, noise=0.0).parts())
    for trial in done.trials:
        figures = trial.phases["saturated"]
        assert figures.requests_per_s == pytest.approx(800, rel=0.01)
        assert figures.p50_s == pytest.approx(0.04, rel=0.01)
        assert figures.cpu_per_1000_s == pytest.approx(2.5, rel=0.01)


@in_a_folder
@given(st.floats(5.0, 16.0))
def test_no_block_begins_that_would_end_after_the_budget(tmp_path: Path, budget_s: float) -> None:
    """However long it is: all blocks that are there are whole, another would not have fitted, and it is kept."""
    world = World(THREE)
    done = run(a_plan(THREE, blocks=24, budget_s=budget_s), tmp_path, parts=world.parts())
    block_s = 3 * (START_S + 5 * (0.2 + 0.03))
    blocks = len(done.trials) / 3
    assert blocks == int(blocks)
    assert world.now_s <= 1.1 * budget_s
    if blocks < 24:
        assert done.run.stop is Stop.BUDGET
        assert (blocks + 1) * block_s > budget_s * 0.99
    assert world.nothing_is_left


def test_a_budget_without_room_for_a_block_is_refused_with_what_would_do(tmp_path: Path) -> None:
    """It ends in the midst of the first one, with nothing left of it."""
    world = World(THREE)
    folder = begin(a_plan(THREE, blocks=24, budget_s=3.0), tmp_path, parts=world.parts())
    with pytest.raises(OutOfTimeError, match="The budget of 3 s was used up"):
        carry_out(folder, parts=world.parts())
    assert not folder.read().trials
    assert world.nothing_is_left


def test_a_run_ends_as_soon_as_all_is_settled(tmp_path: Path) -> None:
    """Stacks a quarter apart are told from one another at the first look; those that are alike are not."""
    looks = tuple(range(3, 13))
    plan = a_plan(THREE, blocks=12, looks=looks)
    assert run(plan, tmp_path / "apart", parts=World(THREE).parts()).run.stop is Stop.SETTLED
    alike = World(dict.fromkeys(THREE, 0.005), noise=0.04)
    done = run(msgspec.structs.replace(plan, margin=0.005), tmp_path / "alike", parts=alike.parts())
    assert done.run.stop is not Stop.SETTLED


@in_a_folder
@given(interrupted_at=st.integers(1, 60), in_turns=st.booleans())
def test_an_interrupted_run_goes_on_to_be_the_same(tmp_path: Path, *, interrupted_at: int, in_turns: bool) -> None:
    """Whenever it is interrupted nothing is left running; what was whole stays, and the rest follows as drawn."""
    plan = a_plan(THREE, turn_s=0.2 if in_turns else None)

    def interrupt(number: int, _: str) -> None:
        if number == interrupted_at:
            raise KeyboardInterrupt

    world = World(THREE, on_load=interrupt)
    folder = begin(plan, tmp_path, parts=world.parts())
    if interrupted_at > (60 if in_turns else 12):
        carry_out(folder, parts=world.parts())
        return
    with pytest.raises(KeyboardInterrupt):
        carry_out(folder, parts=world.parts())
    assert world.nothing_is_left
    before = folder.read()
    assert before.run.status == "interrupted"
    assert len(before.trials) == ((interrupted_at - 1) // 15 * 3 if in_turns else interrupted_at - 1)
    done = carry_out(folder, parts=world.parts())
    assert in_order(done) == in_order_of(plan)
    whole = len(before.trials) // 3 * 3
    assert done.trials[:whole] == before.trials[:whole]
    # Those of the block that was broken off are compared with the others only now.
    part = slice(whole, len(before.trials))
    assert [*map(without_bodies, done.trials[part])] == [*map(without_bodies, before.trials[part])]
    assert all(trial.counts for trial in done.trials)
    assert (done.run.status, world.nothing_is_left) == ("done", True)


def test_who_does_not_start_leaves_the_block_to_the_others(tmp_path: Path) -> None:
    """Its trials fail for it, and theirs count."""
    done = run(a_plan(THREE), tmp_path, parts=World(THREE, unable={"uwsgi"}).parts())
    found = {trial.stack.label: failed_gates(trial) for trial in done.trials}
    assert found == {"gunicorn": [], "uwsgi": ["start"], "waitress": []}
    assert done.run.status == "done"


def test_who_answers_wrongly_keeps_nothing_from_those_that_are_started_after_it(tmp_path: Path) -> None:
    """It is stopped at once, with the port that only one can have; they start, and are measured."""
    plan = a_plan(["gunicorn", "waitress"], phases=OPEN, unsaid=UNSAID, blocks=4)
    first, other = [slot.stack.label for slot in slots_of(plan)[:2]]
    world = World(THREE, failing={first}, lonely={other}, noise=0.0)
    done = run(plan, tmp_path, parts=world.parts())
    assert {trial.stack.label for trial in done.trials if not trial.counts} == {first}
    assert all(failed_gates(trial) == ["start"] for trial in done.trials if trial.stack.label == first)
    assert world.log[:3] == [("start", first), ("stop", first), ("start", other)]


def test_what_failed_before_it_was_loaded_says_so_itself(tmp_path: Path) -> None:
    """It did not answer right until it was loaded: none was."""
    plan = a_plan(["gunicorn", "waitress"], phases=OPEN, unsaid=UNSAID, blocks=4)
    first, second = [slot.stack.label for slot in slots_of(plan)[:2]]
    world = World(THREE, failing={first}, unable={second})
    with pytest.raises(StartError) as caught:
        run(plan, tmp_path, parts=world.parts())
    assert caught.value.message == f"'{first}' answers / with 500."
    assert "until they were loaded" not in str(caught.value)
    assert world.nothing_is_left


@pytest.mark.parametrize("number", [0, 1, 2])
def test_supervisord_that_ended_while_a_stack_was_started_is_no_fault_of_the_stack(tmp_path: Path, number: int) -> None:
    """The first look is made anew, in turns as before: nobody starts alone and not beside others."""
    plan = a_plan(THREE, phases=OPEN, unsaid=UNSAID, blocks=4)
    world = World(THREE, keeper_kills={slots_of(plan)[number].stack.label}, noise=0.0)
    done = run(plan, tmp_path, parts=world.parts())
    assert done.run.plan.turn_s is not None
    assert not done.run.plan.alone_because
    assert all(trial.counts for trial in done.trials)
    assert world.nothing_is_left


def test_supervisord_that_ended_in_a_later_block_costs_those_that_it_kept(tmp_path: Path) -> None:
    """Those before it say so as well; those after it have a new one."""
    plan = a_plan(THREE, blocks=2)
    labels = [slot.stack.label for slot in slots_of(plan)[: len(THREE)]]
    done = run(plan, tmp_path, parts=World(THREE, keeper_kills={labels[1]}).parts())
    found = {(trial.block, trial.stack.label): failed_gates(trial) for trial in done.trials if failed_gates(trial)}
    assert found == {(1, labels[0]): ["processes"], (1, labels[1]): ["processes"]}
    assert all("supervisord" in trial.error for trial in done.trials if trial.error)


def test_where_no_stack_starts_the_run_ends(tmp_path: Path) -> None:
    """After the first block of it, with why, as a run that failed."""
    world = World(THREE, unable=set(THREE))
    folder = begin(a_plan(THREE), tmp_path, parts=world.parts())
    with pytest.raises(StartError, match="ended while it started"):
        carry_out(folder, parts=world.parts())
    assert folder.read_run().status == "failed"
    assert len(folder.read().trials) == 3
    assert world.nothing_is_left


def test_who_dies_in_a_turn_disturbs_nobody(tmp_path: Path) -> None:
    """It is stopped before the next round, its trial fails, and in the next block it is back."""
    world = World(THREE)

    def kill(number: int, _: str) -> None:
        if number == 7:
            world.ended.add(world.up["uwsgi"])

    world.on_load = kill
    done = run(a_plan(THREE, blocks=2), tmp_path, parts=world.parts())
    found = [(trial.block, trial.stack.label, failed_gates(trial)) for trial in done.trials if failed_gates(trial)]
    assert found == [(1, "uwsgi", ["processes"])]
    stopped = world.log.index(("stop", "uwsgi"))
    assert ("saturated", "uwsgi") not in world.log[stopped : world.log.index(("start", "uwsgi"), stopped)]
    assert ("saturated", "gunicorn") in world.log[stopped:]


def test_an_engine_that_fails_costs_the_block_alone(tmp_path: Path) -> None:
    """All of its trials fail for it, since all depend on it."""

    def fail(number: int, _: str) -> None:
        if number == 3:
            raise EngineError("The engine 'native' has ended (by signal 9).", "")

    done = run(a_plan(THREE, blocks=2), tmp_path, parts=World(THREE, on_load=fail).parts())
    assert {(trial.block, tuple(failed_gates(trial))) for trial in done.trials} == {(1, ("engine",)), (2, ())}


def test_whoever_listens_hears_each_step_in_its_order(tmp_path: Path) -> None:
    """The run, its trials, a turn's beginning and end by turns, then what came of each trial, and what is settled."""
    heard: list[Event] = []
    done = run(a_plan(THREE, blocks=3, looks=(3,)), tmp_path, listener=heard.append, parts=World(THREE).parts())
    kinds = [type(event).__name__ for event in heard if not isinstance(event, StageReached)]
    block = ["TrialBegan"] * 3 + ["TurnBegan", "LoadDone"] * 15 + ["Trial"] * 3
    assert kinds == ["RunBegan", *block * 3, "Look"]
    assert sorted(event.number for event in heard if isinstance(event, Trial)) == [each.number for each in done.trials]


OPEN = (
    Phase(name="steady", load=Rate(start_per_s=1.0, end_per_s=1.0), duration_s=1.2),
    Phase(name="saturated", load=Connections(count=32), duration_s=1.2),
)
UNSAID = Unsaid(steady_share=0.5, connections=True, turn=True, blocks=True, duration=True)


def test_what_was_left_open_follows_from_a_look_at_each_stack(tmp_path: Path) -> None:
    """The rate is half of what the slowest bears, and the record keeps what was found."""
    world = World(THREE, noise=0.0)
    plan = a_plan(THREE, phases=OPEN, unsaid=UNSAID, blocks=24, budget_s=120.0, objectives=("throughput",))
    done = run(plan, tmp_path, parts=world.parts())
    assert {each.stack: round(each.bears_per_s) for each in done.run.learned or ()} == {
        "gunicorn": 400,
        "uwsgi": 500,
        "waitress": 800,
    }
    assert done.run.plan.phases[0].load == Rate(start_per_s=200.0, end_per_s=200.0)
    assert all(trial.counts for trial in done.trials)
    assert world.now_s <= 1.1 * 120


@pytest.mark.parametrize("blocks_are_open", [True, False])
def test_a_budget_is_used_for_as_many_blocks_as_it_has_room_for(tmp_path: Path, *, blocks_are_open: bool) -> None:
    """Once it is known how long a block takes, and before the figures are looked at; a number that was given stays."""
    world, told = World({"gunicorn": 0.010, "waitress": 0.0099}, noise=0.05), []
    unsaid = msgspec.structs.replace(UNSAID, blocks=blocks_are_open)
    plan = a_plan(world.service_s, phases=OPEN, unsaid=unsaid, blocks=4, looks=(3, 4), budget_s=40.0)
    done = run(plan, tmp_path, listener=told.append, parts=world.parts())
    planned = next(event.plan for event in told if isinstance(event, PlanAdapted))
    added = [event for event in told if isinstance(event, BlocksAdded)]
    if not blocks_are_open:
        assert (added, done.run.plan.blocks) == ([], 4)
        return
    [added] = added
    assert done.run.plan.blocks == added.blocks > planned.blocks
    assert added.trials == 2 * added.blocks
    assert done.run.plan.looks == looks_of(added.blocks)
    assert in_order(done) == in_order_of(done.run.plan)[: len(done.trials)]
    assert told.index(added) < next(index for index, event in enumerate(told) if isinstance(event, Look))
    assert world.now_s <= 1.05 * 40


def test_who_works_without_being_asked_is_measured_alone(tmp_path: Path) -> None:
    """It would take from the others in their turns: seen at the first look, before anything is measured."""
    world = World(THREE, busy={"uwsgi": 0.2}, noise=0.0)
    plan = a_plan(THREE, phases=OPEN, unsaid=UNSAID, blocks=24, budget_s=300.0)
    done = run(plan, tmp_path, parts=world.parts())
    assert done.run.plan.turn_s is None
    assert {what for what, _ in world.log[-3:]} == {"saturated", "steady", "stop"}


def test_who_only_ends_its_start_late_takes_its_turns(tmp_path: Path) -> None:
    """Where a stack seems to work without being asked, a second look tells whether it goes on."""
    world = World(THREE, busy={"uwsgi": 0.2}, busy_until_s=3 * START_S + 0.4, noise=0.0)
    plan = a_plan(THREE, phases=OPEN, unsaid=UNSAID, blocks=24, budget_s=300.0)
    assert run(plan, tmp_path, parts=world.parts()).run.plan.turn_s is not None


@pytest.mark.parametrize(("others_share", "turns_stay"), [(0.0, False), (0.5, True)], ids=["quiet", "disturbed"])
def test_what_others_did_to_a_block_says_nothing_of_its_turns(
    tmp_path: Path, others_share: float, *, turns_stay: bool
) -> None:
    """Stacks that do not come to rest are measured alone, unless other processes had their cores."""
    world = World(THREE, restless=True, others_share=others_share, noise=0.0)
    plan = a_plan(THREE, phases=OPEN, unsaid=msgspec.structs.replace(UNSAID, blocks=False), blocks=2)
    assert (run(plan, tmp_path, parts=world.parts()).run.plan.turn_s is not None) is turns_stay


def test_who_starts_alone_and_not_beside_others_has_all_measured_alone(tmp_path: Path) -> None:
    """The first block shows it; its trials go, and all are measured one after another."""
    plan = a_plan(THREE, phases=OPEN, unsaid=UNSAID, blocks=24, budget_s=300.0)
    last = slots_of(plan)[len(THREE) - 1].stack.label  # when the first two are up
    world = World(THREE, lonely={last}, noise=0.0)
    done = run(plan, tmp_path, parts=world.parts())
    assert done.run.plan.turn_s is None
    assert f"{last} starts alone, but not beside" in done.run.plan.alone_because
    assert all(trial.counts for trial in done.trials)
    assert world.nothing_is_left


@pytest.mark.parametrize("turn_s", [0.2, None], ids=["interleaved", "sequential"])
def test_what_is_planned_is_done_at_its_moment_and_no_gate_is_asked_for_it(tmp_path: Path, turn_s) -> None:
    """Once in each block, to whoever is up then; the record says which gates were left out, so that none asks later."""
    world, done_at = World({"gunicorn": 0.01}), []

    def do(trees) -> None:
        done_at.append((world.log.count(("start", "gunicorn")), world.now_s, trees))

    action = Action(name="reload", at_s=0.5, do=do, planned=("restarts", "monitor"))
    parts = dataclasses.replace(world.parts(), actions=lambda _: [action])
    done = run(a_plan(["gunicorn"], blocks=2, turn_s=turn_s), tmp_path, parts=parts)
    assert [block for block, _, _ in done_at] == [1, 2]
    for (_, at_s, trees), trial in zip(done_at, done.trials, strict=True):
        began_s = trial.observed.began_s - EPOCH_S
        assert 0.5 <= at_s - began_s <= 1.1
        assert trees == {"gunicorn": {"server": (trees["gunicorn"]["server"][0],)}}
        assert trial.observed.planned == ("restarts", "monitor")
        asked = {gate.name for gate in trial.gates}
        assert not asked & {"restarts", "monitor"}
        assert {"errors", "littles-law"} <= asked
    assert [[gate.name for gate in trial.gates] for trial in audit(RunFolder.open(Path(done.folder))).run.trials] == [
        [gate.name for gate in trial.gates] for trial in done.trials
    ]


@pytest.mark.parametrize("turn_s", [0.2, None], ids=["interleaved", "sequential"])
def test_what_was_planned_and_never_done_fails_the_trial_and_leaves_no_gate_out(tmp_path: Path, turn_s) -> None:
    """Its time comes after the last load: figures without it are not those that were asked for."""
    reload = Action(name="reload", at_s=0.5, do=lambda _: None, planned=("restarts",))
    kill = Action(name="kill", at_s=99.0, do=lambda _: pytest.fail("done too soon"), planned=("monitor",))
    parts = dataclasses.replace(World({"gunicorn": 0.01}).parts(), actions=lambda _: [kill, reload])
    folder = begin(a_plan(["gunicorn"], blocks=2, turn_s=turn_s), tmp_path, parts=parts)
    done = carry_out(folder, parts=parts)
    for trial in done.trials:
        assert failed_gates(trial) == ["actions"]
        assert "'kill' was not done: due after 99 s" in trial.error
        assert trial.observed is None or trial.observed.planned == ("restarts",)


@pytest.mark.skipif(len(CORES) < 2, reason="one core cannot be shared out")
@pytest.mark.parametrize(("open_cpu_s", "apart"), [(0.0001, False), (0.002, True)])
def test_a_curve_is_measured_apart_where_its_rates_would_wake_the_engine_too_often(
    tmp_path: Path, open_cpu_s: float, *, apart: bool
) -> None:
    """What the engine takes where it reads in batches says little of that: a rate is looked at, too."""
    world, found = World(THREE, open_cpu_s=open_cpu_s), []

    def listener(event: Event) -> None:
        if isinstance(event, PlanAdapted):
            found.append(event.plan.cores)
            raise KeyboardInterrupt

    shared = Cores(stack=CORES[:2], engine=CORES[:2], available=2)
    curve = Curve(limits=(Limit(figure="p99", most=0.1, share=0.01, text="p99 < 100ms"),))
    plan = a_plan(THREE, phases=(), curve=curve, cores=shared, unsaid=Unsaid(blocks=True))
    with pytest.raises(KeyboardInterrupt):
        run(plan, tmp_path, listener=listener, parts=world.parts())
    assert bool(found[0].shared) is not apart
    assert ("The app is so light" in (found[0].why or "")) is apart
