"""What the user asked for, and what a profile answers where the user said nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from wsgibench.bench.option_rows import default_of
from wsgibench.model.app import App
from wsgibench.model.load import Connections, Load, Rate, Users
from wsgibench.model.setup import ARTICLE_SETUP, DEFAULT_SETUP, Setup
from wsgibench.model.variant import Variant


@dataclass(frozen=True)
class Profile:
    """What is asked for where the user says nothing.

    ``duration_s`` is of each load for each stack, over all blocks; where it or ``blocks`` is None, the budget decides.
    ``steady_share`` of what the slowest stack bears takes the place of the steady rate.
    """

    loads: dict[str, Load]
    engine: str
    warmup_s: float
    duration_s: float | None = None
    blocks: int | None = None
    budget_s: float | None = None
    steady_share: float | None = None
    setup: Setup = DEFAULT_SETUP


PROFILES = {
    "quick": Profile(
        # A share of what the slowest stack bears, which a look at each will tell; then as many as each can answer.
        loads={"steady": Rate(start_per_s=250, end_per_s=250), "saturated": Connections(count=32)},
        steady_share=0.5,
        engine="native",
        warmup_s=0.4,
        budget_s=300,
    ),
    "article": Profile(
        loads={"users": Users(count=500, spawn_rate_per_s=10)},
        engine="locust",
        warmup_s=2,
        duration_s=3600,
        blocks=1,
        setup=ARTICLE_SETUP,
    ),
}


@dataclass(frozen=True, kw_only=True)
class RunOptions:
    """What the user asked for; None where the profile decides."""

    app: App
    variants: Sequence[Variant] = ()
    stacks: Sequence[str] = ()
    profile: str = default_of("profile")
    workers: Sequence[int] = ()
    threads: int = default_of("threads")
    users: int | None = None
    spawn_rate_per_s: float | None = None
    rate: str | None = None
    arrivals: str = default_of("arrivals")
    connections: int | None = None
    connections_max: int = default_of("connections_max")
    duration_s: float | None = None
    warmup_s: float | None = None
    turns: bool = True
    turn_s: float | None = None
    budget_s: float | None = None
    blocks: int | None = None
    seed: int | None = None
    paths: Sequence[str] = ()
    ids: str | None = None
    words: str | None = None
    method: str | None = None
    headers: Sequence[str] = ()
    body: str | None = None
    expect: Sequence[int] = ()
    forwarded_proto: str | None = None
    prefix: str | None = None
    check_bodies: bool = True
    same_bodies: bool = False
    within_stacks: bool = False
    prepare: str | None = None
    start_timeout_s: float = default_of("start_timeout_s")
    engine: str | None = None
    engine_processes: int = default_of("engine_processes")
    cores: str = default_of("cores")
    stack_cores: str | None = None
    engine_cores: str | None = None
    other_cpu_share: float | None = None
    engine_remote_workers: int = 0  # the option is an engine's, which need not be here
    host: str = default_of("host")
    engine_options: Mapping[str, object] = field(default_factory=dict)
    monitor: str = default_of("monitor")
    objectives: Sequence[str] = ()
    margin: float = default_of("margin")
    claims: Sequence[str] = ()
    limits: Sequence[str] = ()
    hold_s: float | None = None
    wanted_per_s: float | None = None
    sampler: str | None = None
    not_typed: frozenset[str] = frozenset()
    """Fields not from the command line but from ``wsgibench.toml``, where they may be meant for another verb."""
