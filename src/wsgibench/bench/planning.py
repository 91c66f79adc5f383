"""A plan, from what the user asked for."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import msgspec

from wsgibench.bench.apps import SAMPLE
from wsgibench.bench.deployment import check_stack, require_installed
from wsgibench.bench.store import look_at_store
from wsgibench.bench.verification import path_of
from wsgibench.engines import ENGINES
from wsgibench.errors import UsageError
from wsgibench.model.app import App
from wsgibench.model.load import Connections, Load, Rate, Requests, Users
from wsgibench.model.plan import Phase, Plan
from wsgibench.model.stack import ARTICLE_STACKS, Stack, parse_stack
from wsgibench.monitors import MONITORS
from wsgibench.processes.ports import listening_port
from wsgibench.units import parse_rate

_SAMPLE_PATH = "/quotes/byId?id={id}"
_WORDS = ("love", "time", "heart", "world", "night", "life", "day", "mind", "truth", "hope")
_ENGINE_OF = {"users": "locust", "steady": "native", "saturated": "native"}
"""By phase: what makes its load if the user does not say."""


@dataclass(frozen=True)
class Profile:
    """What is asked for where the user says nothing; ``duration_s`` of each load for each stack, over all blocks."""

    loads: dict[str, Load]
    engine: str
    duration_s: float
    warmup_s: float
    blocks: int
    budget_s: float | None = None


PROFILES = {
    "quick": Profile(
        # As many requests as the article's 500 users send; then as many as the stack can answer.
        loads={"steady": Rate(start_per_s=250, end_per_s=250), "saturated": Connections(count=32)},
        engine="native",
        duration_s=12,
        warmup_s=0.4,
        blocks=4,
        budget_s=300,
    ),
    "article": Profile(
        loads={"users": Users(count=500, spawn_rate_per_s=10)},
        engine="locust",
        duration_s=3600,
        warmup_s=2,
        blocks=1,
    ),
}


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What the user asked for; None where the profile decides."""

    app: App
    stacks: Sequence[str] = ()
    profile: str = "quick"
    workers: Sequence[int] = (2,)
    threads: int = 1
    users: int | None = None
    spawn_rate_per_s: float | None = None
    rate: str | None = None
    arrivals: str = "exponential"
    connections: int | None = None
    connections_max: int = 1000
    duration_s: float | None = None
    warmup_s: float | None = None
    turns: bool = True
    turn_s: float = 0.2
    budget_s: float | None = None
    blocks: int | None = None
    seed: int | None = None
    paths: Sequence[str] = ()
    ids: str | None = None
    words: str | None = None
    method: str | None = None
    headers: Sequence[str] = ()
    body: str | None = None
    check_bodies: bool = True
    start_timeout_s: float = 10.0
    engine: str | None = None
    engine_processes: int = 1
    engine_remote_workers: int = 0
    host: str = "127.0.0.1"
    locust_options: dict[str, str] = field(default_factory=dict)
    monitor: str = "psutil"


def plan_of(wishes: Wishes) -> Plan:
    """The plan.

    Raises:
        UsageError: the wishes contradict each other, or themselves.
        MissingError: something that a stack needs is not installed.
    """
    profile = PROFILES[wishes.profile]
    blocks = profile.blocks if wishes.blocks is None else wishes.blocks
    _positive(blocks=blocks, engine_processes=wishes.engine_processes)
    loads = _loads(wishes) or profile.loads
    engine = wishes.engine or (profile.engine if loads is profile.loads else _ENGINE_OF[next(iter(loads))])
    if engine != "locust" and ("locustfile" in wishes.locust_options or wishes.engine_remote_workers):
        raise UsageError("A locustfile and Locust workers are for users alone.", "Give --users N with them.")
    for load in loads.values():
        _check_engine(engine, load)
    in_turns = wishes.turns and ENGINES.get(engine).has_turns and not any(map(_lasts, loads.values()))
    MONITORS.get(wishes.monitor)
    stacks = _stacks(wishes)
    for stack in stacks:
        check_stack(stack)
        require_installed(stack, wishes.app.python)
    requests, store = _requests(wishes)
    app = wishes.app
    if wishes.paths:
        # What is loaded is what must answer; an app may well have nothing at "/".
        word = next(iter(requests.words), "")
        app = msgspec.structs.replace(app, check_paths=(path_of(requests.paths[0], requests.first_id, word),))
    return Plan(
        app=app,
        stacks=stacks,
        phases=tuple(
            Phase(
                name=name,
                load=load,
                duration_s=(wishes.duration_s or profile.duration_s) / blocks,
                warmup_s=profile.warmup_s if wishes.warmup_s is None else wishes.warmup_s,
            )
            for name, load in loads.items()
        ),
        requests=requests,
        engine=engine,
        monitor=wishes.monitor,
        blocks=blocks,
        turn_s=wishes.turn_s if in_turns else None,
        budget_s=profile.budget_s if wishes.budget_s is None else wishes.budget_s,
        seed=secrets.randbelow(2**31) if wishes.seed is None else wishes.seed,
        engine_processes=wishes.engine_processes,
        engine_remote_workers=wishes.engine_remote_workers,
        host=listening_port(wishes.host, 0).host,
        engine_options=wishes.locust_options if engine == "locust" else {},
        check_bodies=wishes.check_bodies,
        start_timeout_s=wishes.start_timeout_s,
        profile=wishes.profile,
        store=store,
    )


def _stacks(wishes: Wishes) -> tuple[Stack, ...]:
    """Every stack with each number of workers, told apart by suffix where there are several numbers."""
    names = [
        name for text in wishes.stacks or ("article",) for name in (ARTICLE_STACKS if text == "article" else (text,))
    ]
    several = len(set(wishes.workers)) > 1
    stacks = [
        parse_stack(f"{name}:w{count}" if several and ":w" not in name else name, workers=count, threads=wishes.threads)
        for count in dict.fromkeys(wishes.workers)
        for name in names
    ]
    by_label = {stack.label: stack for stack in stacks}
    if len(by_label) < len(names):
        raise UsageError("A stack is named twice.", "Name each once; tell them apart by suffix, as in gunicorn:w6.")
    return tuple(by_label.values())


def _loads(wishes: Wishes) -> dict[str, Load]:
    """The load that the user asked for, by phase; empty where the profile decides."""
    loads: dict[str, Load] = {}
    if wishes.users is not None:
        _positive(users=wishes.users)
        spawn_rate = wishes.spawn_rate_per_s or min(100, wishes.users)
        loads["users"] = Users(count=wishes.users, spawn_rate_per_s=spawn_rate)
    if wishes.rate is not None:
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


def _lasts(load: Load) -> bool:
    """Whether it means something only in one piece: users live through a trial, and a ramp spans it."""
    return isinstance(load, Users) or (isinstance(load, Rate) and load.start_per_s != load.end_per_s)


def _name_of(load: Load) -> str:
    return type(load).__name__.lower()


def _check_engine(name: str, load: Load) -> None:
    engine = ENGINES.get(name)
    if _name_of(load) not in engine.loads:
        able = [other for other in ENGINES.names() if _name_of(load) in ENGINES.get(other).loads]
        raise UsageError(
            f"The engine '{name}' cannot make the load '{_name_of(load)}'.", f"Use --engine {' or '.join(able)}."
        )


def _requests(wishes: Wishes) -> tuple[Requests, str | None]:
    """What is asked, and what the sample app's store says of itself."""
    store, first, last = None, 1, 1
    paths = tuple(wishes.paths)
    if wishes.app.target == SAMPLE:
        found = look_at_store(wishes.app)
        store, first, last = found.words, found.first_id, found.last_id
        paths = paths or (_SAMPLE_PATH,)
    for path in paths:
        if not path.startswith("/") or any(ord(character) <= 32 for character in path):
            raise UsageError(f"'{path}' is no path.", "It begins with / and has no blanks: --path '/items/{id}'.")
        unknown = set(re.findall(r"\{(.*?)\}", path)) - {"id", "word"}
        if unknown:
            raise UsageError(f"'{path}' holds {{{unknown.pop()}}}, which means nothing.", "There are {id} and {word}.")
    if wishes.ids is not None:
        first, last = _range(wishes.ids)
    elif store is None and any("{id}" in path for path in paths):
        raise UsageError("The path has {id}, and nothing says which there are.", "Give --ids FIRST..LAST.")
    requests = Requests(
        paths=paths or ("/",),
        first_id=first,
        last_id=last,
        words=_words(wishes.words, paths),
        method=_method(wishes),
        headers=tuple(_header(text) for text in wishes.headers),
        body=wishes.body,
    )
    return requests, store


def _method(wishes: Wishes) -> str:
    """As asked for, else POST where there is a body."""
    method = wishes.method or ("POST" if wishes.body is not None else "GET")
    if not re.fullmatch(r"[A-Z]{1,20}", method):
        raise UsageError(f"'{method}' is no method of HTTP.", "Write it in capitals: --method PUT.")
    return method


def _header(text: str) -> tuple[str, str]:
    """Name and value of ``Name: value``."""
    match = re.fullmatch(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\x00-\x1f\x7f]*)", text)
    if not match:
        raise UsageError(f"'{text}' is no header.", "Write --header 'Accept: application/json'.")
    return match[1], match[2]


def _range(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{1,18})\.\.(\d{1,18})", text)
    if not match or int(match[1]) > int(match[2]):
        raise UsageError(f"'{text}' is no range of ids.", "Write --ids 1..5000.")
    return int(match[1]), int(match[2])


def _words(file: str | None, paths: Sequence[str]) -> tuple[str, ...]:
    if not any("{word}" in path for path in paths):
        return ()
    if file is None:
        return _WORDS
    try:
        words = tuple(quote(line.strip(), safe="") for line in Path(file).read_text().splitlines() if line.strip())
    except (OSError, UnicodeDecodeError) as exc:
        raise UsageError(f"The words in '{file}' cannot be read: {exc}.", "It is text with a word a line.") from exc
    if not words:
        raise UsageError(f"'{file}' holds no words.", "It is text with a word a line.")
    return words


def _positive(**numbers: int) -> None:
    for name, number in numbers.items():
        if number < 1:
            raise UsageError(
                f"{number} {name.replace('_', ' ')} make no run.", f"Give --{name.replace('_', '-')} 1 or more."
            )
