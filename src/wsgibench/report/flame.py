"""Two samplings of an app laid over one another: the frames of a differential flame graph."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from wsgibench.model.sampling import Function, Sampling

_NARROWEST = 0.003
"""As a share of the whole: a pixel or two."""
_FRAMES_MOST = 2000


@dataclass(frozen=True, kw_only=True)
class FlameFrame:
    """A call within those before it, as wide as the mean of both.

    Attributes:
        depth: 0 for the whole.
        left_s, right_s: seconds of a request.
        before_s, after_s: seconds of a request in it and in what it calls; 0.0 where it is not called.
    """

    name: str
    file: str
    depth: int
    left_s: float
    right_s: float
    before_s: float
    after_s: float


@dataclass
class _Node:
    """A call, with both weights, and the calls in it."""

    before_s: float = 0.0
    after_s: float = 0.0
    calls: dict[Function, "_Node"] = field(default_factory=dict)

    @property
    def width_s(self) -> float:
        return (self.before_s + self.after_s) / 2


def flame_frames(old: Sampling, new: Sampling) -> list[FlameFrame]:
    """The widest frames, callers before what they call."""
    whole = _Node()
    for sampling, which in ((old, "before_s"), (new, "after_s")):
        for each in sampling.calls:
            weight_s, node = sampling.seconds(each), whole
            setattr(node, which, getattr(node, which) + weight_s)
            for place in each.path:
                node = node.calls.setdefault(sampling.functions[place], _Node())
                setattr(node, which, getattr(node, which) + weight_s)
    frames = list(_frames(whole, _NARROWEST * whole.width_s))
    if len(frames) <= _FRAMES_MOST:
        return frames
    least_s = sorted((each.right_s - each.left_s for each in frames), reverse=True)[_FRAMES_MOST]
    return list(_frames(whole, least_s))


def _frames(whole: _Node, least_s: float) -> Iterator[FlameFrame]:
    """Without recursion: what an app calls in itself is as deep as it likes."""
    waiting = [(Function(name="a request", file=""), whole, 0, 0.0)]
    while waiting:
        function, node, depth, left_s = waiting.pop()
        yield FlameFrame(
            name=function.name,
            file=function.file,
            depth=depth,
            left_s=left_s,
            right_s=left_s + node.width_s,
            before_s=node.before_s,
            after_s=node.after_s,
        )
        # Alike in both, whatever came first in either.
        for called, each in sorted(node.calls.items(), key=lambda item: (item[0].name, item[0].file)):
            if each.width_s > least_s:
                waiting.append((called, each, depth + 1, left_s))
            left_s += each.width_s
