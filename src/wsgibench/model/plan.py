"""What a run is to do."""

from wsgibench.model.app import App
from wsgibench.model.cores import Cores
from wsgibench.model.curve import Curve
from wsgibench.model.load import Load, Requests
from wsgibench.model.record import Record
from wsgibench.model.setup import DEFAULT_SETUP, Setup
from wsgibench.model.stack import Stack
from wsgibench.model.variant import Variant

START_TIMEOUT_S = 10.0
"""How long a stack may take until it answers, where nobody says another time."""


class Phase(Record, frozen=True, kw_only=True):
    """One kind of load that every trial goes through, ``duration_s`` of it in each block.

    Attributes:
        turn_s: length of its turns where they are not the plan's.
        patience_s: how much longer a piece of it may go on until it can end (``model.engine.RunLoad``).
    """

    name: str
    load: Load
    duration_s: float
    warmup_s: float = 0.0
    turn_s: float | None = None
    patience_s: float = 0.0

    @property
    def ramp_s(self) -> float:
        """How long it takes until all users are there."""
        return self.load.ramp_s

    @property
    def total_s(self) -> float:
        """With ramp and warm-up."""
        return self.ramp_s + self.warmup_s + self.duration_s


class Thresholds(Record, frozen=True, kw_only=True):
    """What the gates allow. Shares are fractions of one.

    ``connection_cpu_s`` is what a connection costs any client of this machine, and is not held against the engine.
    """

    error_share: float = 0.001
    race_share: float = 0.01
    offered_share: float = 0.99
    engine_busy_share: float = 0.80
    lateness_p99_s: float = 0.005
    little_law_share: float = 0.05
    drift_share: float = 0.20
    steal_share: float = 0.02
    idle_cpu_share: float = 0.02
    engine_share: float = 0.20
    other_cpu_share: float = 0.10
    connection_cpu_s: float = 0.0
    recovery_times: float = 1.5


class Unsaid(Record, frozen=True, kw_only=True):
    """What the user left open: decided by what the stacks turn out to bear (``bench.adapting``).

    Attributes:
        steady_share: the rate of the steady load, as a share of what the slowest stack bears; None for the rate given.
        connections, turn, blocks, duration: whether their number is open, the length of turns, the number of blocks,
            and how long a stack is loaded in each.
    """

    steady_share: float | None = None
    connections: bool = False
    turn: bool = False
    blocks: bool = False
    duration: bool = False


class Plan(Record, frozen=True, kw_only=True):
    """A run before it begins; with the seed it fixes everything that is drawn at random.

    Attributes:
        blocks: how many; with a budget at most.
        turn_s: length of a turn; None measures the stacks of a block one after another.
        budget_s: no block begins that would end after it; None for no limit.
        host: address on which the stacks listen; loopback, but for load from other machines.
        engine_options: for the engine alone, such as ``client``, ``locustfile``.
        check_bodies: whether bodies must be the same on every stack, or status alone counts.
        checked_share: of no meaning any more: the share of bodies that was checked, in runs that checked a share.
        start_timeout_s: how long a stack may take until it answers, with another status than 503.
        monitor_interval_s: seconds between samples.
        store: what the sample app's store said of itself, ``sqlite, 8,558 documents, 8,558 distinct texts``; else None.
        profile: the profile that it began as.
        objectives: what the stacks are to be ranked by, the first first; fixed before the run, as all here.
        margin: stacks within it are tied; 0.05 is a factor of 1.05 either way.
        looks: after which blocks to look whether all is settled; empty for none but the last.
        claims: the user's own, as written.
        unsaid: what is decided at the run's start, when the stacks have been looked at; None where nothing is.
        alone_because: a sentence, where turns were given up after the first block.
        cores: whose cores are which; None in runs made before it was recorded, whose trials tell.
        setup: how all stacks are set up; of ``bind``, each stack has its own.
        variants: of the app. Of several, each stack in ``stacks`` names its own; what a single one says holds for all.
        same_bodies: whether bodies must be the same on all variants, too.
        curve: what the stacks go through beside the phases, or alone; None in runs that look for no capacity.
        prepare: a command that is run once for each variant, before anything is measured.
        sampler: what looks at where the CPU time goes after the verdict, ``py-spy``; None for nothing.
        within_stacks: whether the run is to settle what variants do to each stack, and not which stack is best.
    """

    app: App
    stacks: tuple[Stack, ...]
    phases: tuple[Phase, ...]
    requests: Requests
    engine: str
    monitor: str
    blocks: int
    seed: int
    turn_s: float | None = None
    budget_s: float | None = None
    engine_processes: int = 1
    engine_remote_workers: int = 0
    host: str = "127.0.0.1"
    engine_options: dict[str, str] = {}
    checked_share: float = 1.0
    check_bodies: bool = True
    start_timeout_s: float = START_TIMEOUT_S
    monitor_interval_s: float = 1.0
    thresholds: Thresholds = Thresholds()
    profile: str = ""
    store: str | None = None
    objectives: tuple[str, ...] = ("throughput",)
    margin: float = 0.05
    looks: tuple[int, ...] = ()
    claims: tuple[str, ...] = ()
    unsaid: Unsaid | None = None
    cores: Cores | None = None
    alone_because: str = ""
    setup: Setup = DEFAULT_SETUP
    variants: tuple[Variant, ...] = ()
    same_bodies: bool = False
    within_stacks: bool = False
    prepare: tuple[str, ...] = ()
    curve: Curve | None = None
    sampler: str | None = None

    def alike(self, stack: Stack) -> str:
        """Of those stacks whose bodies must be the same the name: of a variant, or the empty one of all."""
        return "" if self.same_bodies else stack.variant

    def compares(self, stack: Stack) -> bool:
        """Whether what the stack answers is to be held against another's."""
        return self.check_bodies and sum(self.alike(each) == self.alike(stack) for each in self.stacks) > 1

    def turn_of(self, phase: Phase) -> float | None:
        """How long its turns are; None where it is in one piece."""
        return None if self.turn_s is None else phase.turn_s or self.turn_s
