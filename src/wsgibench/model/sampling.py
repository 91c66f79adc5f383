"""Where the time of candidates goes, by function, as a sampler saw it. ``sampled.json`` is such a record."""

from wsgibench.errors import UsageError
from wsgibench.model.record import Record

DEPTH_MOST = 120
"""Of calls within calls; what lies deeper counts for the function at that depth."""
_CALLS_MOST = 100_000
_ROUNDS_MOST = 100


class Function(Record, frozen=True, kw_only=True):
    """A function of Python, by its qualified name; ``file`` is its path within the app, or among packages."""

    name: str
    file: str


class Calls(Record, frozen=True, kw_only=True):
    """Functions that were under way in one another, the outermost first.

    Attributes:
        path: their places among the functions of the sampling.
        samples: how often they were seen, in each round.
    """

    path: tuple[int, ...]
    samples: tuple[int, ...]


class Sampling(Record, frozen=True, kw_only=True):
    """Of a candidate, under load once more after the verdict, in rounds.

    A sample is a thread of its server or workers that ran at that moment, or was ready to; those that waited for
    something else than a core are none.

    Attributes:
        sample_s: what a sample of each round stands for: so many seconds of a request.
        calls: each path once.
        missing: why there is nothing, as a sentence; None where there is.
    """

    candidate: str
    sample_s: tuple[float, ...] = ()
    functions: tuple[Function, ...] = ()
    calls: tuple[Calls, ...] = ()
    missing: str | None = None

    def __post_init__(self) -> None:
        # It may come from a stranger, and whoever draws it goes by these places.
        places = range(len(self.functions))
        is_sound = all(
            0 < len(each.path) <= DEPTH_MOST
            and len(each.samples) == len(self.sample_s)
            and min(each.path) in places
            and max(each.path) in places
            and min(each.samples) >= 0
            for each in self.calls
        ) and all(each > 0 for each in self.sample_s)
        is_sound &= self.missing is not None or self.samples > 0
        if not is_sound or len(self.calls) > _CALLS_MOST or not 0 <= len(self.sample_s) <= _ROUNDS_MOST:
            raise UsageError("The calls of a sampling are not those of its functions.", "Make the run again.")

    @property
    def samples(self) -> int:
        """In all rounds together."""
        return sum(sum(each.samples) for each in self.calls)

    def seconds(self, calls: Calls) -> float:
        """Of a request that these calls took, on the mean of the rounds."""
        return sum(map(float.__mul__, self.sample_s, map(float, calls.samples))) / len(self.sample_s)


class Samplings(Record, frozen=True, kw_only=True):
    """Those of a run, by ``sampler``: ``py-spy``."""

    sampler: str
    candidates: tuple[Sampling, ...]

    @property
    def by_candidate(self) -> dict[str, Sampling]:
        """Each by its candidate."""
        return {each.candidate: each for each in self.candidates}
