"""A plan, from what the user asked for."""

import dataclasses
import secrets
import shlex
from collections.abc import Mapping, Sequence

import msgspec

from wsgibench.bench.adapting import TURN_S
from wsgibench.bench.asked_loads import check_positive, loads_of, share_of_rate
from wsgibench.bench.asked_stacks import app_of, stacks_of
from wsgibench.bench.asking import mounted_below, requests_of
from wsgibench.bench.cores import available_cores, choose_cores, default_workers
from wsgibench.bench.length import check_length
from wsgibench.bench.objectives import check_margin, objectives_of
from wsgibench.bench.pace import pace_of
from wsgibench.bench.requirements import require_engine
from wsgibench.bench.thresholds import thresholds_of
from wsgibench.bench.verdict.claims import check_claims
from wsgibench.bench.verdict.statements import of_candidates
from wsgibench.bench.wishes import PROFILES, Profile, Wishes
from wsgibench.engines import ENGINES
from wsgibench.errors import UsageError
from wsgibench.model.app import App
from wsgibench.model.load import Load, Requests, path_of
from wsgibench.model.plan import Plan, Unsaid
from wsgibench.model.stack import Stack
from wsgibench.monitors import MONITORS
from wsgibench.processes.ports import listening_port


def plan_of(wishes: Wishes) -> Plan:
    """The plan.

    Raises:
        UsageError: the wishes contradict each other, or themselves.
        MissingError: something that a stack needs is not installed.
    """
    _check_numbers(wishes)
    wishes = dataclasses.replace(wishes, app=app_of(wishes))
    profile = PROFILES[wishes.profile]
    loads = loads_of(wishes) or profile.loads
    engine = wishes.engine or (profile.engine if loads is profile.loads else _engine_for(next(iter(loads.values()))))
    _check_engine(engine, wishes, loads)
    in_turns = wishes.turns and _can_learn(engine, loads)
    MONITORS.get(wishes.monitor)
    check_margin(wishes.margin)
    cores = choose_cores(
        wishes.cores,
        wishes.stack_cores,
        wishes.engine_cores,
        engine_processes=wishes.engine_processes,
        available=available_cores(),
    )
    stacks = stacks_of(wishes, wishes.workers or (default_workers(cores.stack),), profile.setup.bind)
    setup = msgspec.structs.replace(
        profile.setup, forwarded_proto=wishes.forwarded_proto, prefix=mounted_below(wishes.prefix)
    )
    wishes = dataclasses.replace(wishes, claims=_claims(wishes, stacks))
    requests, store = requests_of(wishes)
    objectives = objectives_of(wishes, loads.values(), [stack.label for stack in stacks])
    # What can be looked at is given time when its rate is known (bench.adapting).
    early = () if _can_learn(engine, loads) else objectives
    pace = pace_of(wishes, profile, loads, stacks=len(stacks), in_turns=in_turns, objectives=early)
    plan = Plan(
        app=_checked_by(wishes, requests, setup.prefix),
        stacks=stacks,
        phases=pace.phases,
        requests=requests,
        engine=engine,
        monitor=wishes.monitor,
        blocks=pace.blocks,
        turn_s=(wishes.turn_s or TURN_S) if in_turns else None,
        budget_s=pace.budget_s,
        seed=secrets.randbelow(2**31) if wishes.seed is None else wishes.seed,
        engine_processes=wishes.engine_processes,
        engine_remote_workers=wishes.engine_remote_workers,
        host=listening_port(wishes.host, 0).host,
        engine_options=wishes.locust_options if engine == "locust" else {},
        check_bodies=wishes.check_bodies,
        variants=tuple(wishes.variants),
        same_bodies=wishes.same_bodies,
        within_stacks=wishes.within_stacks,
        prepare=_command(wishes.prepare),
        start_timeout_s=wishes.start_timeout_s,
        profile=wishes.profile,
        store=store,
        objectives=objectives,
        margin=wishes.margin,
        looks=pace.looks,
        claims=tuple(wishes.claims),
        unsaid=_unsaid(wishes, profile, loads) if _can_learn(engine, loads) else None,
        cores=cores,
        thresholds=thresholds_of(wishes),
        setup=setup,
    )
    check_claims(plan)
    check_length(plan)
    return plan


def _command(text: str | None) -> tuple[str, ...]:
    """Its words, as a shell would have them."""
    try:
        return tuple(shlex.split(text or ""))
    except ValueError as exc:
        raise UsageError(f"'{text}' is no command: {exc}.", "Close the quotation: --prepare 'make assets'.") from exc


def _claims(wishes: Wishes, stacks: Sequence[Stack]) -> tuple[str, ...]:
    """As written; those about variants of each stack."""
    names = [variant.name for variant in wishes.variants]
    return tuple(claim for text in wishes.claims for claim in of_candidates(text, stacks, names))


def _can_learn(engine: str, loads: Mapping[str, Load]) -> bool:
    """Whether short looks, or turns, mean something."""
    return ENGINES.get(engine).has_turns and not any(load.is_whole for load in loads.values())


def _unsaid(wishes: Wishes, profile: Profile, loads: Mapping[str, Load]) -> Unsaid:
    return Unsaid(
        steady_share=profile.steady_share if loads is profile.loads else share_of_rate(wishes.rate),
        connections=loads is profile.loads,
        turn=wishes.turn_s is None,
        blocks=wishes.blocks is None and wishes.duration_s is None and profile.blocks is None,
        duration=wishes.duration_s is None and profile.duration_s is None,
    )


def _checked_by(wishes: Wishes, requests: Requests, prefix: str) -> App:
    """The app. What is loaded is what must answer; it may well have nothing at ``/``."""
    if not wishes.paths:
        return msgspec.structs.replace(wishes.app, check_paths=tuple(prefix + path for path in wishes.app.check_paths))
    word = next(iter(requests.words), "")
    path = path_of(requests.paths[0], requests.first_id, word)
    return msgspec.structs.replace(wishes.app, check_paths=(path,))


def _engine_for(load: Load) -> str:
    """What makes the load where the user names no engine."""
    return next(name for name in ENGINES.names() if load.kind in ENGINES.get(name).makes)


def _check_engine(name: str, wishes: Wishes, loads: Mapping[str, Load]) -> None:
    if name != "locust" and ("locustfile" in wishes.locust_options or wishes.engine_remote_workers):
        raise UsageError("A locustfile and Locust workers are for users alone.", "Give --users N with them.")
    for load in loads.values():
        if load.kind not in ENGINES.get(name).loads:
            able = [other for other in ENGINES.names() if load.kind in ENGINES.get(other).loads]
            raise UsageError(
                f"The engine '{name}' cannot make the load '{load.kind}'.", f"Use --engine {' or '.join(able)}."
            )
    require_engine(name)


def _check_numbers(wishes: Wishes) -> None:
    check_positive(
        blocks=1 if wishes.blocks is None else wishes.blocks,
        engine_processes=wishes.engine_processes,
        connections_max=wishes.connections_max,
    )
    if wishes.engine_remote_workers < 0:
        raise UsageError(
            f"{wishes.engine_remote_workers} Locust workers on other machines make no load.",
            "Give --locust-workers as many as you will start there.",
        )
