"""The verdict in four sentences: the answer, how sure it is, of what, and what it does not show."""

from wsgibench.model.verdict import Verdict
from wsgibench.report.conclusions.changes import changes
from wsgibench.report.conclusions.closing import ending
from wsgibench.report.conclusions.quantities import percent
from wsgibench.report.conclusions.rankings import headline, title
from wsgibench.report.wording import listed
from wsgibench.units import counted, format_duration


def answer(verdict: Verdict) -> str:
    """Who is best by what was asked for first, or what changed between variants; or that nothing can be said."""
    if not verdict.trials:
        return "Nothing has been measured yet."
    if not verdict.counted:
        none = "The only trial does not count" if verdict.trials == 1 else f"None of {verdict.trials:,} trials counts"
        return f"{none}, so nothing can be said."
    if not verdict.asked:
        return "Nothing was to be ranked."
    changed = [line.sentence for line in changes(verdict) if line.asked]
    return " ".join(map(_as_sentence, changed[:_CHANGES_MAX])) or headline(verdict.asked[0])


_CHANGES_MAX = 3
"""As many as one reads at a glance; all of them stand below."""


def _as_sentence(text: str) -> str:
    """A name keeps its letters, even at the beginning."""
    return text[0].upper() + text[1:] if text.startswith(("no ", "undecided ", "nothing ")) else text


def how_sure(verdict: Verdict) -> str:
    """How the run ended, how many pairs are open, and how often such a run is wrong."""
    parts = [ending(verdict).removesuffix(".")]
    pairs = [pair for ranking in verdict.asked for pair in ranking.comparisons if pair.asked]
    noun = "pair" if len(verdict.asked) == 1 else "comparison"
    if opened := sum(pair.is_open for pair in pairs):
        parts.append(f"{opened} of {counted(len(pairs), noun)} {'is' if opened == 1 else 'are'} open")
    if pairs:
        share = percent(sum(ranking.error for ranking in verdict.asked))
        parts.append(f"at most {share} of such runs say anything wrong of who is better or tied")
    return f"{'; '.join(parts)}."


def of_what(verdict: Verdict) -> str:
    """What was ranked, on what machine, with which app or data, under which load."""
    found = verdict.circumstances
    if not verdict.asked:
        return f"Of {found.app}."
    ranking = verdict.asked[0]
    loads = [found.loads[ranking.phase]] if ranking.phase in found.loads else list(found.loads.values())
    if ranking.objective == "capacity":
        loads = []
    under = listed([load.briefly for load in loads]) if loads else "at rates from light load to more than it bears"
    return f"{title(verdict, ranking)}, {under}."


def not_shown(verdict: Verdict) -> str:
    """What other circumstances may change; ``limits`` says it at length."""
    within = f"; what takes longer than {format_duration(verdict.took_s)}" if verdict.took_s else ""
    # Load from other machines came over a network.
    network = "" if verdict.circumstances.remote_workers else "a network, "
    return f"Another app, machine or version; {network}TLS, slow clients{within}."
