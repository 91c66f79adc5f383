"""What functions take more or less time from one variant of an app to another."""

from collections.abc import Iterator, Sequence
from math import sqrt
from statistics import fmean, variance

import msgspec

from wsgibench.model.plan import Plan
from wsgibench.model.sampling import Function, Sampling, Samplings
from wsgibench.model.verdict import FunctionChange, SampledChange

_SURE = 4.0
"""Standard errors of a difference. Those of four rounds are not known well: of a hundred functions that did not change,
one in several runs looks as if it did."""
_SHOWN_MOST = 20

_Rounds = dict[Function, list[float]]
"""Samples of each function, by round."""


def sampled_changes(plan: Plan, samplings: Samplings | None) -> tuple[SampledChange, ...]:
    """Each variant beside the first, on each stack; none of a run that was not sampled."""
    if samplings is None:
        return ()
    by = samplings.by_candidate
    return tuple(
        _change(samplings.sampler, by[first], by[second])
        for first, second in _pairs(plan)
        if first in by and second in by
    )


def _pairs(plan: Plan) -> Iterator[tuple[str, str]]:
    """The candidates of the first variant, and beside them those of each other one."""
    names = [variant.name for variant in plan.variants]
    for stack in plan.stacks:
        if names and stack.variant == names[0]:
            yield from ((stack.label, msgspec.structs.replace(stack, variant=name).label) for name in names[1:])


def _change(sampler: str, old: Sampling, new: Sampling) -> SampledChange:
    missing = next((f"{each.candidate} was not sampled. {each.missing}" for each in (old, new) if each.missing), None)
    return SampledChange(
        sampler=sampler,
        first=old.candidate,
        second=new.candidate,
        samples=(old.samples, new.samples),
        functions=() if missing else tuple(_functions(old, new))[:_SHOWN_MOST],
        missing=missing,
    )


def _functions(old: Sampling, new: Sampling) -> list[FunctionChange]:
    own, whole = ([_rounds(each, own=its) for each in (old, new)] for its in (True, False))
    found = [
        FunctionChange(
            name=function.name,
            file=function.file,
            before_s=_mean_s(own[0], function, old),
            after_s=_mean_s(own[1], function, new),
            all_before_s=_mean_s(whole[0], function, old),
            all_after_s=_mean_s(whole[1], function, new),
            is_sure=_is_sure(_seen(own[0], function, old), old.sample_s, _seen(own[1], function, new), new.sample_s),
        )
        for function in dict.fromkeys((*own[0], *own[1]))
    ]
    return sorted(found, key=lambda each: (not each.is_sure, -abs(each.after_s - each.before_s), each.file, each.name))


def _is_sure(old: Sequence[float], old_s: Sequence[float], new: Sequence[float], new_s: Sequence[float]) -> bool:
    """Whether a function differs by more than chance explains: in what is drawn, and from round to round."""
    (before_s, before), (after_s, after) = _mean_and_error(old, old_s), _mean_and_error(new, new_s)
    return abs(after_s - before_s) > _SURE * sqrt(before + after)


def _mean_and_error(samples: Sequence[float], sample_s: Sequence[float]) -> tuple[float, float]:
    """Of a mean over rounds its square error: what samples of that number differ by (Poisson), or rounds, if more.

    With one sample more than was seen: of none the share is not known to be nothing.
    """
    each_s = [count * one_s for count, one_s in zip(samples, sample_s, strict=True)]
    drawn = (sum(samples) + 1) * fmean(sample_s) ** 2 / len(sample_s) ** 2
    return fmean(each_s), max(drawn, variance(each_s) / len(each_s) if len(each_s) > 1 else 0.0)


def _mean_s(rounds: _Rounds, function: Function, sampling: Sampling) -> float:
    return _mean_and_error(_seen(rounds, function, sampling), sampling.sample_s)[0]


def _seen(rounds: _Rounds, function: Function, sampling: Sampling) -> list[float]:
    return rounds.get(function) or [0.0] * len(sampling.sample_s)


def _rounds(sampling: Sampling, *, own: bool) -> _Rounds:
    """``own``: without what a function calls; else with it, once for a call, however often it calls itself."""
    found: _Rounds = {}
    for each in sampling.calls:
        for place in {each.path[-1]} if own else set(each.path):
            rounds = found.setdefault(sampling.functions[place], [0.0] * len(sampling.sample_s))
            for number, count in enumerate(each.samples):
                rounds[number] += count
    return found
