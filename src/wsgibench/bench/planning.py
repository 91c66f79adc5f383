"""A plan, from what the user asked for."""

import secrets
from collections.abc import Mapping, Sequence

import msgspec

from wsgibench.bench.adapting import TURN_S
from wsgibench.bench.asking import requests_of
from wsgibench.bench.cores import available_cores, choose_cores, default_workers
from wsgibench.bench.hops import refuse_danger
from wsgibench.bench.objectives import check_margin, objectives_of
from wsgibench.bench.pace import pace_of
from wsgibench.bench.requirements import check_stack, require_engine, require_installed
from wsgibench.bench.thresholds import thresholds_of
from wsgibench.bench.verdict.claims import check_claims
from wsgibench.bench.verification import path_of
from wsgibench.bench.wishes import PROFILES, Profile, Wishes
from wsgibench.engines import ENGINES
from wsgibench.errors import UsageError
from wsgibench.model.app import App
from wsgibench.model.load import Connections, Load, Rate, Requests, Users
from wsgibench.model.plan import Plan, Unsaid
from wsgibench.model.stack import ARTICLE_STACKS, Stack, parse_stack
from wsgibench.monitors import MONITORS
from wsgibench.processes.ports import listening_port
from wsgibench.units import parse_rate, parse_share

_ENGINE_OF = {"users": "locust", "steady": "native", "saturated": "native"}
"""By phase: what makes its load if the user does not say."""

_SHARE_MOST = 10.0


def plan_of(wishes: Wishes) -> Plan:
    """The plan.

    Raises:
        UsageError: the wishes contradict each other, or themselves.
        MissingError: something that a stack needs is not installed.
    """
    _check_numbers(wishes)
    profile = PROFILES[wishes.profile]
    loads = _loads(wishes) or profile.loads
    engine = wishes.engine or (profile.engine if loads is profile.loads else _ENGINE_OF[next(iter(loads))])
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
    stacks = _stacks(wishes, wishes.workers or (default_workers(cores.stack),), profile.setup.bind)
    requests, store = requests_of(wishes)
    pace = pace_of(wishes, profile, loads, stacks=len(stacks), in_turns=in_turns)
    plan = Plan(
        app=_checked_by(wishes, requests),
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
        start_timeout_s=wishes.start_timeout_s,
        profile=wishes.profile,
        store=store,
        objectives=objectives_of(wishes, loads.values(), [stack.label for stack in stacks]),
        margin=wishes.margin,
        looks=pace.looks,
        claims=tuple(wishes.claims),
        unsaid=_unsaid(wishes, profile, loads) if _can_learn(engine, loads) else None,
        cores=cores,
        thresholds=thresholds_of(wishes),
        setup=profile.setup,
    )
    check_claims(plan)
    return plan


def _can_learn(engine: str, loads: Mapping[str, Load]) -> bool:
    """Whether short looks, or turns, mean something."""
    return ENGINES.get(engine).has_turns and not any(map(_lasts, loads.values()))


def _unsaid(wishes: Wishes, profile: Profile, loads: Mapping[str, Load]) -> Unsaid:
    return Unsaid(
        steady_share=profile.steady_share if loads is profile.loads else share_of_rate(wishes.rate),
        connections=loads is profile.loads,
        turn=wishes.turn_s is None,
        blocks=wishes.blocks is None and wishes.duration_s is None,
    )


def _stacks(wishes: Wishes, workers: Sequence[int], bind: str) -> tuple[Stack, ...]:
    """Every stack with each number of workers, told apart by suffix where there are several numbers."""
    names = [
        name for text in wishes.stacks or ("article",) for name in (ARTICLE_STACKS if text == "article" else (text,))
    ]
    counts = dict.fromkeys(workers)
    if len(counts) > 1 and all(":w" in name for name in names):
        raise UsageError("Every stack says how many workers it has, so --workers changes nothing.", "Leave one out.")
    stacks = [
        parse_stack(name, workers=count, threads=wishes.threads, bind=bind)
        for place, count in enumerate(counts)
        for name in (_with_workers(name, count) if len(counts) > 1 else name for name in names)
        # What says its number itself is there once.
        if place == 0 or name.endswith(f":w{count}")
    ]
    if len({stack.label for stack in stacks}) < len(stacks):
        raise UsageError("A stack is named twice.", "Name each once; tell them apart by suffix, as in gunicorn:w6.")
    for stack in stacks:
        check_stack(stack)
        refuse_danger(stack)
        require_installed(stack, wishes.app.python)
    return tuple(stacks)


def _with_workers(name: str, count: int) -> str:
    return name if ":w" in name else f"{name}:w{count}"


def _checked_by(wishes: Wishes, requests: Requests) -> App:
    """The app. What is loaded is what must answer; it may well have nothing at ``/``."""
    if not wishes.paths:
        return wishes.app
    word = next(iter(requests.words), "")
    path = path_of(requests.paths[0], requests.first_id, word)
    return msgspec.structs.replace(wishes.app, check_paths=(path,))


def _loads(wishes: Wishes) -> dict[str, Load]:
    """The load that the user asked for, by phase; empty where the profile decides."""
    loads: dict[str, Load] = {}
    if wishes.users is not None:
        _positive(users=wishes.users)
        spawn_rate = wishes.spawn_rate_per_s or min(100, wishes.users)
        loads["users"] = Users(count=wishes.users, spawn_rate_per_s=spawn_rate)
    if share_of_rate(wishes.rate) is not None:
        loads["steady"] = Rate(
            start_per_s=1.0, end_per_s=1.0, arrivals=wishes.arrivals, connections_max=wishes.connections_max
        )
    elif wishes.rate is not None:
        first, dots, last = wishes.rate.partition("..")
        start = parse_rate(first)
        loads["steady"] = Rate(
            start_per_s=start,
            end_per_s=parse_rate(last) if dots else start,
            arrivals=wishes.arrivals,
            connections_max=wishes.connections_max,
        )
    if wishes.connections is not None:
        _positive(connections=wishes.connections)
        loads["saturated"] = Connections(count=wishes.connections)
    if "users" in loads and len(loads) > 1:
        raise UsageError("Users do not go together with another load.", "Make two runs of it.")
    return loads


def share_of_rate(text: str | None) -> float | None:
    """The share of what the slowest stack bears that a rate such as ``80%`` asks for; None where it is another.

    Raises:
        UsageError: it asks for nothing, or for more than any share can be.
    """
    if text is None or not text.rstrip().endswith("%"):
        return None
    share = parse_share(text)
    if not 0 < share <= _SHARE_MOST:
        raise UsageError(f"A rate of {text} of what the slowest stack bears is none.", "Give for example 50%.")
    return share


def _lasts(load: Load) -> bool:
    """Whether it means something only in one piece: users live through a trial, and a ramp spans it."""
    return isinstance(load, Users) or (isinstance(load, Rate) and load.start_per_s != load.end_per_s)


def _name_of(load: Load) -> str:
    return type(load).__name__.lower()


def _check_engine(name: str, wishes: Wishes, loads: Mapping[str, Load]) -> None:
    if name != "locust" and ("locustfile" in wishes.locust_options or wishes.engine_remote_workers):
        raise UsageError("A locustfile and Locust workers are for users alone.", "Give --users N with them.")
    for load in map(_name_of, loads.values()):
        if load not in ENGINES.get(name).loads:
            able = [other for other in ENGINES.names() if load in ENGINES.get(other).loads]
            raise UsageError(
                f"The engine '{name}' cannot make the load '{load}'.", f"Use --engine {' or '.join(able)}."
            )
    require_engine(name)


def _check_numbers(wishes: Wishes) -> None:
    _positive(
        blocks=1 if wishes.blocks is None else wishes.blocks,
        engine_processes=wishes.engine_processes,
        connections_max=wishes.connections_max,
    )
    if wishes.engine_remote_workers < 0:
        raise UsageError(
            f"{wishes.engine_remote_workers} Locust workers on other machines make no load.",
            "Give --locust-workers as many as you will start there.",
        )


def _positive(**numbers: int) -> None:
    for name, number in numbers.items():
        if number < 1:
            raise UsageError(
                f"{number} {name.replace('_', ' ')} make no run.", f"Give --{name.replace('_', '-')} 1 or more."
            )
