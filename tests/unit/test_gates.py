"""Each gate catches what it is there for, and lets good trials pass."""

import dataclasses

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wsgibench.analysis.gates import PHASE_GATES, check_all
from wsgibench.analysis.gates.evidence import Evidence, PhaseEvidence
from wsgibench.analysis.phase_figures import figures_of
from wsgibench.model.engine import LoadDone
from wsgibench.model.load import Connections, Load, Rate, Users
from wsgibench.model.monitor import Sample
from wsgibench.model.plan import Thresholds
from wsgibench.model.recording import EVENTS, OUTCOMES, Recording, SecondCounts, bucket_of
from wsgibench.model.trial import GateResult

SECONDS = 10
EACH = 100
USERS = Users(count=202, spawn_rate_per_s=100)
"""100 requests a second with 20 ms and 2 s between them are just 202 users."""


def recording(latency_s: float = 0.02, *, failures: dict[str, int] | None = None, late_s: float = 0.0001) -> Recording:
    """100 requests in each of ten seconds; further ones that failed."""
    second = np.repeat(np.arange(SECONDS), EACH)
    failed = [OUTCOMES.index(name) for name, count in (failures or {}).items() for _ in range(count)]
    return Recording(
        start_s=0.0,
        latency=SecondCounts.gather(second, np.full(len(second), int(bucket_of(latency_s)))),
        lateness=SecondCounts.gather(second, np.full(len(second), int(bucket_of(late_s)))),
        outcomes=SecondCounts.gather(
            np.concatenate([second, np.zeros(len(failed), int)]), np.concatenate([np.zeros(len(second), int), failed])
        ),
        latency_sum_s=np.full(SECONDS, EACH * latency_s),
    )


def piece(duration_s: float = float(SECONDS), completed: int = 1000, **fields: object) -> LoadDone:
    return LoadDone(
        target="s",
        phase="p",
        start_s=0.0,
        duration_s=duration_s,
        drain_s=0.0,
        outcomes={},
        cpu_s=0.1,
        completed=completed,
        **fields,
    )


def phase(record: Recording, load: Load = USERS, *, engine_cpu_s: float = 1.0, **fields: object) -> PhaseEvidence:
    figures = figures_of(
        record,
        load,
        duration_s=float(SECONDS),
        completed=None,
        answered=None,
        cpu_s={"server": 1.0},
        engine_cpu_s=engine_cpu_s,
    )
    return PhaseEvidence(
        name="p",
        load=load,
        figures=figures,
        recording=record,
        engine_cores=1,
        thresholds=Thresholds(),
        **fields,
    )


def sample(time_s: float, *, steal_share: float = 0.0) -> Sample:
    return Sample(
        time_s=time_s,
        load_1min=1.0,
        load_5min=1.0,
        load_15min=1.0,
        memory_total_bytes=1,
        memory_free_bytes=1,
        cpu_busy_share=(0.5,),
        steal_share=steal_share,
    )


def evidence(*phases: PhaseEvidence, **changes: object) -> Evidence:
    given = {
        "phases": phases,
        "samples": [sample(float(second)) for second in range(SECONDS)],
        "expected_samples": SECONDS,
        "monitor_died": False,
        "monitor_warnings": (),
        "restarts": 0,
        "idle_cpu_share": None,
        "thresholds": Thresholds(),
    }
    return Evidence(**(given | changes))  # type: ignore[arg-type]


def failed(of: Evidence) -> set[str]:
    return {gate.name for gate in check_all(of) if not gate.passed}


@pytest.mark.parametrize(
    "load", [USERS, Connections(count=2), Rate(start_per_s=100, end_per_s=100)], ids=lambda load: type(load).__name__
)
def test_a_good_trial_passes_every_gate(load: Load) -> None:
    assert failed(evidence(phase(recording(), load))) == set()


@pytest.mark.parametrize("kind", [name for name in OUTCOMES if name not in ("ok", "wrong_body", "unsent")])
def test_one_in_a_hundred_that_fails_is_too_much(kind: str) -> None:
    """A stack that answers 500 to 1 % of the requests, however fast, never counts."""
    assert failed(evidence(phase(recording(failures={kind: 10})))) == {"errors"}


def test_failed_requests_are_named_by_status_with_what_to_do_and_what_the_app_said() -> None:
    record = dataclasses.replace(
        recording(failures={"bad_status": 15, "reset": 2}),
        statuses=SecondCounts.gather(np.zeros(15, int), np.array([429] * 12 + [502] * 3)),
    )
    said = "OperationalError: database is locked"
    [gate] = [gate for gate in check_all(evidence(phase(record, app_said=said))) if gate.name == "errors"]
    assert gate.cause == (
        "17 of 1,017 requests failed (1.67%): 429 x 12, 502 x 3, connection reset x 2. "
        f"The last exception in the server's log: {said}."
    )
    assert "limits how often it may be asked" in gate.advice


def test_one_in_a_thousand_may_fail() -> None:
    assert failed(evidence(phase(recording(failures={"bad_status": 1})))) == set()


SATURATED = Connections(count=2)


@pytest.mark.parametrize(
    ("load", "cpu_s", "cores", "caught"),
    [
        (SATURATED, 3.9, 2, False),
        (SATURATED, 4.1, 2, True),
        (SATURATED, 4.1, 4, False),
        (SATURATED, 9.0, 0, False),
        (USERS, 3.9, 2, False),
        (USERS, 4.1, 2, True),
    ],
)
def test_an_engine_that_takes_much_of_shared_cores_is_too_much(
    load: Load, cpu_s: float, cores: int, *, caught: bool
) -> None:
    """A fifth of all their time, 10 s each.

    Where it has cores of its own, it may use them.
    """
    shared = dataclasses.replace(phase(recording(), load, engine_cpu_s=cpu_s), shared_cores=cores, engine_cores=4)
    assert ("engine-share" in failed(evidence(shared))) == caught


def test_what_connections_cost_anybody_is_not_held_against_the_engine() -> None:
    """4.1 s of 20 s are too much; without 20 ms for each of ten connections they are not."""
    shared = dataclasses.replace(phase(recording(), SATURATED, engine_cpu_s=4.1), shared_cores=2, engine_cores=4)
    figures = msgspec.structs.replace(shared.figures, events={"connects": 10})
    allowed = Thresholds(connection_cpu_s=0.02)
    assert failed(evidence(dataclasses.replace(shared, figures=figures))) == {"engine-share"}
    assert failed(evidence(dataclasses.replace(shared, figures=figures, thresholds=allowed))) == set()


@pytest.mark.parametrize(("share", "caught"), [(0.0, False), (0.1, False), (0.11, True), (None, False)])
def test_others_may_use_a_tenth_of_the_stacks_cores(share: float | None, *, caught: bool) -> None:
    """Where nobody looked, nothing is held against the trial."""
    assert ("other-processes" in failed(evidence(phase(recording()), other_cpu_share=share))) == caught


def test_no_request_at_all_is_a_failure() -> None:
    nothing = Recording(start_s=0.0)
    assert "errors" in failed(evidence(phase(nothing)))


def test_a_single_wrong_body_is_too_much() -> None:
    assert failed(evidence(phase(recording(failures={"wrong_body": 1})))) == {"wrong-bodies"}


@pytest.mark.parametrize(("races", "gates"), [(30, {"keep-alive"}), (5, set())])
def test_many_connections_that_end_without_a_word_are_seen(races: int, gates: set[str]) -> None:
    """3 % of the requests had to be sent again, though all ended well; 0.5 % are no matter."""
    events = SecondCounts.gather(np.zeros(races, int), np.full(races, EVENTS.index("keepalive_races")))
    record = dataclasses.replace(recording(), events=events)
    assert failed(evidence(phase(record))) == gates


def test_load_that_was_not_offered_is_seen() -> None:
    rate = Rate(start_per_s=100, end_per_s=100)
    assert "offered-load" in failed(evidence(phase(recording(failures={"unsent": 20}), rate)))


def test_late_sending_is_seen_in_the_open_model_alone() -> None:
    late = recording(late_s=0.05)
    assert failed(evidence(phase(late, Rate(start_per_s=100, end_per_s=100)))) == {"lateness"}
    assert failed(evidence(phase(late))) == set()


@pytest.mark.parametrize(
    ("share", "said"),
    [(0.4, "Other processes used 40%"), (0.001, "Hardly anything else ran"), (None, "nobody looked")],
)
def test_late_sending_is_put_down_to_what_was_seen(share: float | None, said: str) -> None:
    rate = Rate(start_per_s=100, end_per_s=100)
    gates = check_all(evidence(phase(recording(late_s=0.05), rate, other_cpu_share=share)))
    (gate,) = (gate for gate in gates if gate.name == "lateness")
    assert said in gate.advice


def test_a_busy_engine_is_seen() -> None:
    """More than 80 % of its core."""
    assert failed(evidence(phase(recording(), engine_cpu_s=9.0))) == {"engine-busy"}


@pytest.mark.parametrize("users", [300, 150])
def test_figures_that_contradict_each_other_are_seen(users: int) -> None:
    assert failed(evidence(phase(recording(), Users(count=users, spawn_rate_per_s=1)))) == {"littles-law"}


@given(seed=st.integers(0, 2**32 - 1))
def test_users_who_began_together_contradict_nothing(seed: int) -> None:
    """For a while they ask in step, so that a short record has fewer of their requests than a long one."""
    users, answer_s = 200, 0.02
    waits_s = np.random.default_rng(seed).uniform(USERS.wait_min_s, USERS.wait_max_s, (users, SECONDS))
    sent_s = np.cumsum(waits_s + answer_s, axis=1)
    for seconds in (3, 4, SECONDS):
        second = sent_s[sent_s < seconds].astype(int)
        record = Recording(
            start_s=0.0,
            latency=SecondCounts.gather(second, np.full(len(second), int(bucket_of(answer_s)))),
            outcomes=SecondCounts.gather(second, np.zeros(len(second), int)),
            latency_sum_s=np.bincount(second, minlength=seconds) * answer_s,
        )
        load = Users(count=users, spawn_rate_per_s=users)
        figures = figures_of(
            record, load, duration_s=float(seconds), completed=None, answered=None, cpu_s={}, engine_cpu_s=0.1
        )
        found = dataclasses.replace(phase(recording(), load), figures=figures, recording=record)
        [gate] = [gate for gate in check_all(evidence(found)) if gate.name == "littles-law"]
        assert gate.passed, (seconds, gate)


def turn_of_threads(draw: np.random.Generator, connections: int, turn_s: float) -> tuple[int, list[float]]:
    """Answers within a turn, and latencies of what was sent in it, of a server that shares its time among all it has.

    2 ms of work for each on average; the first of them was sent before the turn, and what is left at its end drains.
    """
    work_s, sent_s = draw.exponential(0.002, connections), np.full(connections, -1.0)
    now_s, answers, latencies_s = -0.03, 0, []
    while len(work_s):
        first = int(np.argmin(work_s))
        now_s += work_s[first] * len(work_s)
        work_s -= work_s[first]
        if sent_s[first] >= 0:
            latencies_s.append(now_s - sent_s[first])
        if now_s < turn_s:
            answers += now_s >= 0
            work_s[first], sent_s[first] = draw.exponential(0.002), now_s
        else:
            work_s, sent_s = np.delete(work_s, first), np.delete(sent_s, first)
    return answers, latencies_s


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=30, deadline=None)
def test_what_a_server_with_threads_answers_sooner_as_a_turn_drains_contradicts_nothing(seed: int) -> None:
    draw, load, turns, turn_s = np.random.default_rng(seed), Connections(count=32), 6, 0.2
    made = [turn_of_threads(draw, load.count, turn_s) for _ in range(turns)]
    latencies_s = [latency for _, each in made for latency in each]
    record = dataclasses.replace(
        recording(),
        latency=SecondCounts.gather(np.zeros(len(latencies_s), int), bucket_of(latencies_s)),
        outcomes=SecondCounts.gather(np.zeros(len(latencies_s), int), np.zeros(len(latencies_s), int)),
        latency_sum_s=np.array([sum(latencies_s)]),
    )
    figures = figures_of(
        record,
        load,
        duration_s=turns * turn_s,
        completed=sum(answers for answers, _ in made),
        answered=None,
        cpu_s={},
        engine_cpu_s=0.1,
    )
    found = phase(recording(), load, pieces=[piece(turn_s)] * turns)
    found = dataclasses.replace(found, figures=figures, recording=record)
    [gate] = [gate for gate in check_all(evidence(found)) if gate.name == "littles-law"]
    assert gate.passed, gate


@pytest.mark.parametrize(
    ("latency_s", "connections", "pieces", "passed"), [(0.0093, 1, 1, False), (0.93, 100, 20, True)]
)
def test_few_requests_excuse_no_contradiction(
    latency_s: float,
    connections: int,
    pieces: int,
    passed: bool,  # noqa: FBT001  # a parameter
) -> None:
    """7 % off is wrong where connections are always under way; not where answers are longer than the pieces."""
    found = phase(recording(latency_s), Connections(count=connections), pieces=[piece(SECONDS / pieces)] * pieces)
    [gate] = [gate for gate in check_all(evidence(found)) if gate.name == "littles-law"]
    assert gate.figure == pytest.approx(0.07, abs=0.01)
    assert gate.passed is passed


@pytest.mark.parametrize(
    ("pieces", "bears_per_s", "counts"),
    [
        ([piece()], None, True),
        ([piece()], 120.0, True),
        ([piece()], 90.0, False),
        ([piece(), piece(pending=500, has_settled=False)], None, False),
        ([piece(pending=3)], None, True),
    ],
    ids=["settled", "less than it bears", "more than it bears", "piling up", "some under way"],
)
def test_a_load_that_was_not_kept_up_with_does_not_count(
    pieces: list[LoadDone],
    bears_per_s: float | None,
    counts: bool,  # noqa: FBT001  # a parameter
) -> None:
    load = Rate(start_per_s=100, end_per_s=100)
    found = failed(evidence(phase(recording(), load, pieces=pieces, bears_per_s=bears_per_s)))
    assert found == (set() if counts else {"offered-load"})


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        ({"bears_per_s": 90.0}, "It bears at most 90/s: ask for less"),
        ({"bears_per_s": 90.0, "other_cpu_share": 0.3}, "It bears at most 90/s: ask for less"),
        ({"bears_per_s": 200.0, "other_cpu_share": 0.3}, "Other processes used 30% of the stack's cores meanwhile"),
        ({"other_cpu_share": 0.3}, "Other processes used 30% of the stack's cores meanwhile"),
        ({"bears_per_s": 200.0, "other_cpu_share": 0.0}, "It bore 200/s before."),
        ({"other_cpu_share": 0.0}, "The stack cannot keep up with this rate: ask for less"),
        ({}, "The stack cannot keep up with this rate: ask for less"),
    ],
)
def test_advice_for_a_load_that_was_not_kept_up_with_follows_from_what_was_seen(seen: dict, said: str) -> None:
    """A busy machine is another cause than a rate that is too high."""
    load = Rate(start_per_s=100, end_per_s=100)
    one = phase(recording(), load, pieces=[piece(pending=500, has_settled=False)], **seen)
    [gate] = [gate for gate in check_all(evidence(one)) if gate.name == "offered-load"]
    assert gate.advice.startswith(said)


def test_drift_between_the_halves_is_seen() -> None:
    early, late = recording(0.02), recording(0.03)
    mixed = Recording(
        start_s=0.0,
        latency=SecondCounts(
            early.latency.second,
            np.where(early.latency.second < 5, early.latency.key, late.latency.key),
            early.latency.count,
        ),
        outcomes=early.outcomes,
        latency_sum_s=early.latency_sum_s,
    )
    assert failed(evidence(phase(mixed))) == {"drift"}


RAMP = Rate(start_per_s=20, end_per_s=180)
"""100/s on average, nine times as many at its end as at its beginning."""


def slower_at_the_end() -> Recording:
    early, late = recording(0.02), recording(0.03)
    is_late = early.latency.second >= SECONDS // 2
    latency = dataclasses.replace(early.latency, key=np.where(is_late, late.latency.key, early.latency.key))
    return dataclasses.replace(early, latency=latency)


def test_a_ramp_is_no_drift() -> None:
    """Where more is asked for, answers take longer: what a ramp is there to show."""
    assert "drift" in failed(evidence(phase(slower_at_the_end(), Rate(start_per_s=100, end_per_s=100))))
    assert failed(evidence(phase(slower_at_the_end(), RAMP))) == set()


def test_an_engine_that_is_busy_at_the_top_of_a_ramp_is_seen() -> None:
    """Half of its core on average is nine tenths there; of a steady rate it is half."""
    assert failed(evidence(phase(recording(), Rate(start_per_s=100, end_per_s=100), engine_cpu_s=5.0))) == set()
    [gate] = [
        gate for gate in check_all(evidence(phase(recording(), RAMP, engine_cpu_s=5.0))) if gate.name == "engine-busy"
    ]
    assert not gate.passed
    assert gate.figure == pytest.approx(0.9)
    assert "at the top of the ramp" in gate.cause


def test_an_engine_that_takes_too_much_at_the_top_of_a_ramp_is_seen() -> None:
    shared = dataclasses.replace(phase(recording(), RAMP, engine_cpu_s=3.0), shared_cores=2, engine_cores=4)
    assert failed(evidence(shared)) == {"engine-share"}


@pytest.mark.parametrize(("pending", "counts"), [(3, True), (9, True), (60, False)])
def test_requests_that_pile_up_at_the_top_of_a_ramp_are_seen(pending: int, *, counts: bool) -> None:
    """180/s of 20 ms each are 4 under way, and by chance some more; 60 waited."""
    found = failed(evidence(phase(recording(), RAMP, pieces=[piece(pending=pending)])))
    assert found == (set() if counts else {"offered-load"})


def test_a_monitor_that_had_no_time_for_a_sample_has_no_share() -> None:
    """Missing is missing, and no fault."""
    [gate] = [
        gate
        for gate in check_all(evidence(phase(recording()), samples=[], expected_samples=0))
        if gate.name == "monitor"
    ]
    assert gate.passed
    assert gate.figure is None


@pytest.mark.parametrize(
    ("changes", "gate"),
    [
        ({"samples": [sample(float(second), steal_share=0.1) for second in range(SECONDS)]}, "steal"),
        ({"restarts": 1}, "restarts"),
        ({"monitor_died": True}, "monitor"),
        ({"samples": [sample(0.0)]}, "monitor"),
        ({"idle_cpu_share": 0.3}, "idle-cpu"),
    ],
)
def test_what_spoils_a_trial_is_seen(changes: dict[str, object], gate: str) -> None:
    assert failed(evidence(phase(recording()), **changes)) == {gate}


def test_every_result_says_what_was_seen_and_what_to_do() -> None:
    """Cause and advice are sentences, and results survive their record."""
    results = check_all(
        evidence(phase(recording(failures={"reset": 50, "wrong_body": 1})), restarts=2, idle_cpu_share=0.5)
    )
    assert len(results) >= len(PHASE_GATES) - 2
    for result in results:
        assert result.cause.endswith(".")
        assert result.advice.endswith(".")
        assert msgspec.json.decode(msgspec.json.encode(result), type=GateResult) == result


@pytest.mark.parametrize(
    ("outcomes", "fails"),
    [({"ok": 40, "bad_status": 60}, True), ({"ok": 60, "reset": 60}, False), ({"timeout": 99}, False), ({}, False)],
)
def test_a_load_of_which_most_fails_is_not_gone_on_with(
    outcomes: dict[str, int],
    fails: bool,  # noqa: FBT001  # a parameter
) -> None:
    """Of a hundred requests at least: fewer may be an app that starts."""
    assert msgspec.structs.replace(piece(), outcomes=outcomes).fails is fails
