"""A plan, from what the user asked for."""

import dataclasses
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from wsgibench.analysis.verdict.statements import of_candidates
from wsgibench.bench.adapting import TURN_S
from wsgibench.bench.asked_claims import check_claims
from wsgibench.bench.asked_loads import loads_of
from wsgibench.bench.asked_stacks import app_of, stacks_of
from wsgibench.bench.cores import available_cores, choose_cores, default_workers
from wsgibench.bench.objectives import curve_of, loads_unasked, objectives_of
from wsgibench.bench.option_rows import check_each
from wsgibench.bench.option_rows.app import words_of
from wsgibench.bench.option_rows.requests import mounted_below
from wsgibench.bench.request_spec import requests_of
from wsgibench.bench.run_length import check_length, run_length_of
from wsgibench.bench.run_options import PROFILES, Profile, RunOptions
from wsgibench.bench.thresholds import thresholds_of
from wsgibench.deploy.interfaces import form_for
from wsgibench.deploy.requirements import require_engine, require_monitor
from wsgibench.engines import ENGINES
from wsgibench.errors import UsageError
from wsgibench.model.app import App
from wsgibench.model.load import Load, Requests, path_of, share_of_rate
from wsgibench.model.plan import Plan, Unsaid
from wsgibench.model.stack import Stack
from wsgibench.processes.ports import listening_port


def plan_of(run_options: RunOptions) -> Plan:
    """The plan.

    Raises:
        UsageError: the options contradict one another.
        MissingError: something that a stack needs is not installed.
    """
    check_each({each.name: getattr(run_options, each.name) for each in dataclasses.fields(run_options)})
    check_each(run_options.engine_options)
    run_options = dataclasses.replace(run_options, app=app_of(run_options))
    profile = PROFILES[run_options.profile]
    cores = choose_cores(
        run_options.cores,
        run_options.stack_cores,
        run_options.engine_cores,
        engine_processes=run_options.engine_processes,
        available=available_cores(),
    )
    stacks = stacks_of(run_options, run_options.workers or (default_workers(cores.stack),), profile.setup.bind)
    run_options = dataclasses.replace(run_options, claims=_claims(run_options, stacks))
    labels = [stack.label for stack in stacks]
    asked_loads = loads_of(run_options)
    is_open = not asked_loads
    loads = asked_loads or loads_unasked(run_options, profile.loads, labels)
    engine = run_options.engine or (profile.engine if is_open else _engine_for(next(iter(loads.values()))))
    _check_engine(engine, run_options, loads)
    in_turns = run_options.turns and _can_learn(engine, loads)
    require_monitor(run_options.monitor)
    setup = msgspec.structs.replace(
        profile.setup, forwarded_proto=run_options.forwarded_proto, prefix=mounted_below(run_options.prefix)
    )
    requests, store = requests_of(run_options)
    objectives = objectives_of(run_options, loads.values(), labels)
    curve = curve_of(run_options, objectives)
    if curve and not _can_learn(engine, loads):
        raise UsageError(
            "A capacity is found in turns, at rates that follow from what the stacks bear.",
            "Leave --engine, --users and ramps away.",
        )
    # What can be looked at is given time when its rate is known (bench.adapting).
    early = () if _can_learn(engine, loads) else objectives
    length = run_length_of(run_options, profile, loads, stacks=len(stacks), in_turns=in_turns, objectives=early)
    plan = Plan(
        app=form_for(_checked_by(run_options, requests, setup.prefix), stacks),
        stacks=stacks,
        phases=length.phases,
        requests=requests,
        engine=engine,
        monitor=run_options.monitor,
        blocks=length.blocks,
        turn_s=(run_options.turn_s or TURN_S) if in_turns else None,
        budget_s=length.budget_s,
        seed=secrets.randbelow(2**31) if run_options.seed is None else run_options.seed,
        engine_processes=run_options.engine_processes,
        engine_remote_workers=run_options.engine_remote_workers,
        host=listening_port(run_options.host, 0).host,
        engine_options=_options_of(engine, run_options),
        check_bodies=run_options.check_bodies,
        variants=tuple(run_options.variants),
        same_bodies=run_options.same_bodies,
        within_stacks=run_options.within_stacks,
        prepare=words_of(run_options.prepare or ""),
        start_timeout_s=run_options.start_timeout_s,
        profile=run_options.profile,
        store=store,
        objectives=objectives,
        margin=run_options.margin,
        looks=length.looks,
        claims=tuple(run_options.claims),
        unsaid=_unsaid(run_options, profile, is_open=is_open and bool(loads)) if _can_learn(engine, loads) else None,
        cores=cores,
        thresholds=thresholds_of(run_options),
        setup=setup,
        curve=curve,
        sampler=run_options.sampler,
    )
    check_claims(plan)
    check_length(plan)
    return plan


def _claims(run_options: RunOptions, stacks: Sequence[Stack]) -> tuple[str, ...]:
    """As written; those about variants of each stack."""
    names = [variant.name for variant in run_options.variants]
    return tuple(claim for text in run_options.claims for claim in of_candidates(text, stacks, names))


def _can_learn(engine: str, loads: Mapping[str, Load]) -> bool:
    """Whether short looks, or turns, mean something."""
    return ENGINES.get(engine).has_turns and not any(load.is_whole for load in loads.values())


def _unsaid(run_options: RunOptions, profile: Profile, *, is_open: bool) -> Unsaid:
    """``is_open`` if the loads are the profile's."""
    return Unsaid(
        steady_share=profile.steady_share if is_open else share_of_rate(run_options.rate),
        connections=is_open,
        turn=run_options.turn_s is None,
        blocks=run_options.blocks is None and run_options.duration_s is None and profile.blocks is None,
        duration=run_options.duration_s is None and profile.duration_s is None,
    )


def _checked_by(run_options: RunOptions, requests: Requests, prefix: str) -> App:
    """The app. What is loaded is what must answer; it may well have nothing at ``/``."""
    if not run_options.paths:
        return msgspec.structs.replace(
            run_options.app, check_paths=tuple(prefix + path for path in run_options.app.check_paths)
        )
    word = next(iter(requests.words), "")
    path = path_of(requests.paths[0], requests.first_id, word)
    return msgspec.structs.replace(run_options.app, check_paths=(path,))


def _engine_for(load: Load) -> str:
    """What makes the load where the user names no engine."""
    return next(name for name in ENGINES.names() if load.kind in ENGINES.get(name).makes)


def _options_of(engine: str, run_options: RunOptions) -> dict[str, str]:
    """What only the engine understands, by its own names; what has neither a value nor a default is left out."""
    rows = ENGINES.get(engine).options
    values = {name: run_options.engine_options.get(row.key, row.default) for name, row in rows.items()}
    for name, row in rows.items():
        if row.kind == "file" and values[name]:
            _require_file(row.flag, str(values[name]))
    return {name: str(value) for name, value in values.items() if value is not None}


def _require_file(flag: str, path: str) -> None:
    """Now, and not when all stacks are up."""
    try:
        with Path(path).open("rb"):
            pass
    except OSError as exc:
        reason = (exc.strerror or str(exc)).lower()
        raise UsageError(f"'{path}' of {flag} cannot be read: {reason}.", "Give a file that is there.") from exc


def _check_options_of(engine: str, run_options: RunOptions) -> None:
    """What was asked of another engine would be passed over in silence; what has a default may stand in a project's
    configuration for other runs.
    """
    able = ENGINES.get(engine)
    for other in map(ENGINES.get, ENGINES.names()):
        asked = [
            row for row in other.options.values() if row.default is None and run_options.engine_options.get(row.key)
        ]
        if run_options.engine_remote_workers and other.workers_elsewhere and not able.workers_elsewhere:
            asked.append(other.workers_elsewhere)
        if asked and other is not able:
            makes = " or ".join(f"--{kind}" for kind in sorted(other.makes or other.loads))
            raise UsageError(f"The engine '{engine}' does not know {asked[0].flag}.", f"Give {makes} with it.")


def _check_engine(name: str, run_options: RunOptions, loads: Mapping[str, Load]) -> None:
    _check_options_of(name, run_options)
    for load in loads.values():
        if load.kind not in ENGINES.get(name).loads:
            able = [other for other in ENGINES.names() if load.kind in ENGINES.get(other).loads]
            raise UsageError(
                f"The engine '{name}' cannot make the load '{load.kind}'.", f"Use --engine {' or '.join(able)}."
            )
    require_engine(name)
