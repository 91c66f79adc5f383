"""What the variants of a run are, and in what they differ."""

from collections.abc import Iterator

from wsgibench.model.verdict import BodiesBetween, Circumstances, Verdict
from wsgibench.units import counted

_LISTED_MAX = 8


def variants_in_words(found: Circumstances) -> list[str]:
    """A sentence for each variant, then one on what is installed; none where the run has no variants."""
    if not found.variants:
        return []
    each = [f"{name}: {'; '.join(words)}." for name, words in found.variants.items()]
    return each if len(each) < 2 else [*each, f"Installed: {packages_in_words(found)}."]


def bodies_between_in_words(verdict: Verdict) -> list[str]:
    """A sentence for each variant beside the first."""
    told = [_bodies(found) for found in verdict.bodies if found.paths]
    return [*told, *(sentence for found in verdict.bodies for sentence in _unanswered(found))]


def _unanswered(found: BodiesBetween) -> Iterator[str]:
    """A sentence each way."""
    for one, other, count, example in (
        (found.variant, found.other, found.unanswered, found.unanswered_example),
        (found.other, found.variant, found.other_unanswered, found.other_unanswered_example),
    ):
        if count:
            yield f"{one} has no good answer to {counted(count, 'path')} that {other} answers, such as {example}."


def _bodies(found: BodiesBetween) -> str:
    both = f"{found.variant} and {found.other}"
    if not found.differing:
        return f"{both} answer with the same bodies on {counted(found.paths, 'path')}."
    rest = f"; on the others they are the same, such as {found.same}" if found.same else ""
    how_many = f"{found.differing:,} of {counted(found.paths, 'path')}"
    return f"{both} answer with other bodies on {how_many}, such as {found.example}{rest}."


def packages_in_words(found: Circumstances) -> str:
    """``flask 3.0.3 (old), 3.1.0 (new)``; or that all have the same."""
    if not found.differing:
        return "the same packages in the same versions for all"
    shown = list(found.differing.items())[:_LISTED_MAX]
    parts = [
        f"{package} " + ", ".join(f"{version or 'none'} ({variant})" for variant, version in versions.items())
        for package, versions in shown
    ]
    more = len(found.differing) - len(shown)
    return "; ".join([*parts, f"and {counted(more, 'more package')} of which versions differ"] if more else parts)
