"""What a plan may hold: who reads it reserves room by its numbers, and who goes on with it carries it out."""

import re
from collections.abc import Iterable

import msgspec

from wsgibench.model.app import App
from wsgibench.model.curve import Curve
from wsgibench.model.load import WORD, Requests, parts_of
from wsgibench.model.objective import OBJECTIVES
from wsgibench.model.plan import Phase, Plan
from wsgibench.model.run import Run
from wsgibench.runs._bounds import (
    BLOCKS_MOST,
    NAME_MOST,
    RUN_MOST_S,
    STACKS_MOST,
    TRIAL_MOST_S,
    BeyondBoundsError,
    check_names,
    check_range,
)
from wsgibench.runs._names import is_safe_name

_VARIANTS_MOST = 100
_PHASES_MOST = 20
_SLOTS_MOST = 200_000
_CLIENTS_MOST = 10_000_000
_PROCESSES_MOST = 10_000
_CORES_MOST = 1 << 16
_NUMBER_MOST = 10**18
_PATH = re.compile(r"/[!-~]*")
"""As a path is sent: ASCII, without blanks (RFC 9112, section 3.2)."""
_WORD = re.compile(r"[!-~]+")
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""RFC 9110, section 5.6.2: a method, or a header's name."""
_LINE = re.compile(r"[^\r\n]*")


def check_run(run: Run) -> None:
    """Refuse a plan that nobody could carry out, or what cannot have been learned for it.

    Raises:
        BeyondBoundsError: with what is wrong.
    """
    _check_plan(run.plan)
    for learned in run.learned or ():
        check_range("service_s", learned.service_s, 0, TRIAL_MOST_S)
        check_range("bears_per_s", learned.bears_per_s, 1e-9, 1e12)
        check_range("connections", learned.connections, 1, _CLIENTS_MOST)


def _check_plan(plan: Plan) -> None:
    _check_candidates(plan)
    _check_app(plan.app)
    _check_requests(plan.requests)
    check_names("phases", [phase.name for phase in plan.phases], most=_PHASES_MOST, least=0 if plan.curve else 1)
    for phase in plan.phases:
        _check_phase(phase)
    if plan.curve is not None:
        _check_curve(plan.curve)
    check_range("blocks", plan.blocks, 1, BLOCKS_MOST)
    check_range("trials", plan.blocks * len(plan.stacks), 1, _SLOTS_MOST)
    check_range("margin", plan.margin, 0, 1e6)
    check_range("seed", plan.seed, 0, _NUMBER_MOST)
    check_range("turn_s", 1.0 if plan.turn_s is None else plan.turn_s, 1e-3, TRIAL_MOST_S)
    check_range("monitor_interval_s", plan.monitor_interval_s, 1e-3, TRIAL_MOST_S)
    check_range("start_timeout_s", plan.start_timeout_s, 0, TRIAL_MOST_S)
    check_range("engine_processes", plan.engine_processes, 1, _PROCESSES_MOST)
    check_range("engine_remote_workers", plan.engine_remote_workers, 0, _PROCESSES_MOST)
    for core in (*plan.cores.stack, *plan.cores.engine) if plan.cores else ():
        check_range("cores", core, 0, _CORES_MOST)
    for look in plan.looks:
        check_range("looks", look, 1, BLOCKS_MOST)
    if not plan.objectives:
        raise BeyondBoundsError("it has no objectives")
    if unknown := [name for name in plan.objectives if name not in OBJECTIVES]:
        raise BeyondBoundsError(f"there is no objective {unknown[0][:NAME_MOST]!r}")
    _check_texts(plan)


def _check_candidates(plan: Plan) -> None:
    variants = [variant.name for variant in plan.variants]
    check_names("stacks", [stack.label for stack in plan.stacks], most=STACKS_MOST)
    check_names("variants", variants, most=_VARIANTS_MOST, least=0)
    # What a single one says holds for all, and no stack names it.
    known = set(variants) if len(variants) > 1 else {""}
    if strange := [stack.label for stack in plan.stacks if stack.variant not in known]:
        raise BeyondBoundsError(f"the stack {strange[0][:NAME_MOST]!r} is of a variant that it does not have")


def _check_app(app: App) -> None:
    if not app.check_paths:
        raise BeyondBoundsError("it has no 'check_paths'")
    _check_all("check_paths", app.check_paths, _PATH)


def _check_requests(requests: Requests) -> None:
    if not requests.paths:
        raise BeyondBoundsError("it has no 'paths'")
    _check_all("paths", requests.paths, _PATH)
    _check_all("words", requests.words, _WORD)
    if not requests.words and any(WORD in parts_of(path) for path in requests.paths):
        raise BeyondBoundsError("its paths have words, and it has none")
    check_range("first_id", requests.first_id, 0, _NUMBER_MOST)
    check_range("last_id", requests.last_id, requests.first_id, _NUMBER_MOST)
    _check_all("method", [requests.method], _TOKEN)
    _check_all("headers", [name for name, _ in requests.headers], _TOKEN)
    _check_all("headers", [value for _, value in requests.headers], _LINE)
    check_range("timeout_s", requests.timeout_s, 1e-3, TRIAL_MOST_S)


def _check_phase(phase: Phase) -> None:
    if not is_safe_name(phase.name):
        raise BeyondBoundsError(f"a phase cannot be called {phase.name!r}")
    check_range("duration_s", phase.duration_s, 0, RUN_MOST_S)
    check_range("warmup_s", phase.warmup_s, 0, RUN_MOST_S)
    check_range("patience_s", phase.patience_s, 0, RUN_MOST_S)
    check_range("turn_s", 1.0 if phase.turn_s is None else phase.turn_s, 1e-3, TRIAL_MOST_S)
    for name, figure, least, most in phase.load.bounds():
        check_range(name, figure, least, most)


def _check_curve(curve: Curve) -> None:
    if not curve.limits:
        raise BeyondBoundsError("its curve has no limits")
    check_range("hold_s", 1.0 if curve.hold_s is None else curve.hold_s, 1e-3, TRIAL_MOST_S)
    check_range("hold_share", curve.hold_share, 1e-3, 1e3)
    check_range("requests", curve.requests, 1, _NUMBER_MOST)
    check_range("connections_max", curve.connections_max, 1, _CLIENTS_MOST)


def _check_all(name: str, texts: Iterable[str], form: re.Pattern[str]) -> None:
    for text in texts:
        if not form.fullmatch(text):
            raise BeyondBoundsError(f"{text[:NAME_MOST]!r} in '{name}' cannot be sent")


def _check_texts(value: object) -> None:
    """Refuse a NUL, which no path, argument or variable of the system can hold."""
    if isinstance(value, str):
        if "\0" in value:
            raise BeyondBoundsError(f"{value[:NAME_MOST]!r} holds a NUL")
    elif isinstance(value, msgspec.Struct):
        for field in value.__struct_fields__:
            _check_texts(getattr(value, field))
    elif isinstance(value, dict):
        for each in (*value, *value.values()):
            _check_texts(each)
    elif isinstance(value, tuple | list):
        for each in value:
            _check_texts(each)
