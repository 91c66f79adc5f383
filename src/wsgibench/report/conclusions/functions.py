"""What functions of an app take more or less time, as a sampler saw it."""

from wsgibench.model.stack import parse_candidate
from wsgibench.model.verdict import FunctionChange, SampledChange, Verdict
from wsgibench.report.circumstance_words import printable
from wsgibench.report.conclusions.costs import CostTable
from wsgibench.report.conclusions.quantities import microseconds
from wsgibench.units import counted

FUNCTIONS_SAID = "Microseconds of a request, without what a function calls; by samples of some seconds: where to look."
_SHOWN_MOST = 10


def function_tables(verdict: Verdict) -> list[CostTable]:
    """One for each pair of which a function surely differs, with those that do."""
    return [_table(verdict, each) for each in verdict.sampled if _sure(each)]


def functions_in_words(verdict: Verdict) -> list[str]:
    """A sentence for each pair of which there is no table."""
    return [_sentence(verdict, each) for each in verdict.sampled if not _sure(each)]


def _sure(found: SampledChange) -> list[FunctionChange]:
    return [each for each in found.functions if each.is_sure]


def _sentence(verdict: Verdict, found: SampledChange) -> str:
    if found.missing:
        return f"What functions take more or less is not known{_where(verdict, found)}: {printable(found.missing)}"
    least = counted(min(found.samples), "sample")
    seen = f"by at least {least} of each by {found.sampler}"
    return f"No function takes surely more or less{_where(verdict, found)}, {seen}."


def _where(verdict: Verdict, found: SampledChange) -> str:
    stacks = {_plain(each.first) for each in verdict.sampled}
    return f" with {_plain(found.first)}" if len(stacks) > 1 else ""


def _plain(candidate: str) -> str:
    return candidate.rpartition("@")[0]


def _table(verdict: Verdict, found: SampledChange) -> CostTable:
    old, new = (parse_candidate(each).variant for each in (found.first, found.second))
    rows = [
        (
            printable(f"{each.name} ({each.file})" if each.file else each.name),
            microseconds(each.before_s),
            microseconds(each.after_s),
            f"{'+' if each.after_s > each.before_s else '-'}{microseconds(abs(each.after_s - each.before_s))}",
        )
        for each in _sure(found)[:_SHOWN_MOST]
    ]
    title = f"What takes more or less time, by {found.sampler}{_where(verdict, found)}"
    return CostTable(title, ("", old, new, f"{new} beside {old}"), tuple(rows))
