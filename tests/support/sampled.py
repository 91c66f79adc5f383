"""Samplings made by hand: calls by name, each with its samples in every round."""

from wsgibench.model.sampling import Calls, Function, Sampling, Samplings

SAMPLE_S = 1e-5


def a_sampling(candidate, calls, *, file="shop.py", sample_s=SAMPLE_S):
    """``calls`` are samples by round, by the names of functions in one another: ``{"app/show": (10, 12)}``."""
    names = list(dict.fromkeys(name for path in calls for name in path.split("/")))
    rounds = len(next(iter(calls.values())))
    return Sampling(
        candidate=candidate,
        sample_s=(sample_s,) * rounds,
        functions=tuple(Function(name=name, file=file) for name in names),
        calls=tuple(
            Calls(path=tuple(names.index(name) for name in path.split("/")), samples=tuple(samples))
            for path, samples in calls.items()
        ),
    )


def samplings(*each):
    return Samplings(sampler="py-spy", candidates=each)
