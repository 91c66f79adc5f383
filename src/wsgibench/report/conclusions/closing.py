"""How the run ended, what it would take to know more, and what it does not show."""

from wsgibench.model.objective import OBJECTIVES
from wsgibench.model.verdict import Answer, Needed, Ranking, Stop, Verdict
from wsgibench.report.circumstance_words import setup_in_words
from wsgibench.report.conclusions.advice import claim_advice, ranking_advice
from wsgibench.report.conclusions.quantities import percent
from wsgibench.report.conclusions.rankings import open_pairs
from wsgibench.report.placement import at_once_in_words, engine_in_words, network_in_words, versions_in_words
from wsgibench.report.wording import listed
from wsgibench.units import counted, format_duration

_LISTED_MAX = 4


def closing(verdict: Verdict) -> list[str]:
    """Sentences: whether all is settled and after how long; what is open; what did not count."""
    sentences = [ending(verdict)]
    for ranking in verdict.asked:
        sentences += _what_is_open(verdict, ranking)
    sentences += _open_claims(verdict)
    out = verdict.trials - verdict.counted
    if out:
        reasons = listed(
            [
                f"{name}: {count}" if len(verdict.not_counted) > 1 else name
                for name, count in verdict.not_counted.items()
            ]
        )
        sentences.append(f"{out} of {counted(verdict.trials, 'trial')} did not count ({reasons}).")
    sentences += setup_in_words(verdict.circumstances.setup)
    return sentences + [f"{caution.cause} {caution.advice}" for caution in verdict.cautions]


def certainty(verdict: Verdict) -> list[str]:
    """What stands behind the ranking; nothing where no two stacks are compared."""
    if not any(ranking.comparisons for ranking in verdict.asked):
        return []
    share = percent(sum(ranking.error for ranking in verdict.asked))
    nouns = listed([OBJECTIVES[ranking.objective].noun for ranking in verdict.asked])
    return [
        f"On {nouns}, at most {share} of such runs say anything wrong of who is better or tied.",
        "On each other figure likewise, each for itself.",
        "X % [A, B] means: X %, and surely between A and B %.",
        f"Stacks are called tied only where they are surely at most {percent(verdict.margin)} apart.",
        "A block starts every stack once and measures them side by side; only what repeats from block to block counts.",
    ]


def limits(verdict: Verdict) -> list[str]:
    """What the verdict does not show."""
    found = verdict.circumstances
    said = [versions_in_words(found), network_in_words(found), engine_in_words(found), at_once_in_words(found.at_once)]
    return [
        f"It holds for this app ({found.app}), this load, this machine and these versions; another app may differ.",
        *filter(None, said),
        f"A run of {format_duration(verdict.took_s)} shows nothing of what takes hours, such as leaks and full disks.",
    ]


def ending(verdict: Verdict) -> str:
    """A sentence: whether all is settled, after how long, and why no more was measured."""
    took = f"{counted(verdict.blocks, 'block')}, {format_duration(verdict.took_s)}"
    found = [ranking for ranking in verdict.asked if ranking.comparisons]
    missing = [OBJECTIVES[ranking.objective].noun for ranking in verdict.asked if not ranking.standings]
    tail = f"; {listed(missing)} could not be measured." if missing and found else "."
    if not verdict.blocks:
        return "Nothing has been measured yet."
    if verdict.status in _UNFINISHED:
        return f"{_UNFINISHED[verdict.status]} {took}{tail}"
    if not found:
        return f"Ended after {took}."
    opened = [pair for ranking in found for pair in ranking.comparisons if pair.is_open]
    if not opened and not _is_asked_more(verdict):
        among = " among those that are ranked" if any(ranking.unranked for ranking in found) else ""
        return f"Settled{among} after {took}{tail}"
    if opened and all(ranking.settled for ranking in found):
        return f"Not settled after {took}: of what is open only bounds are known, which more blocks do not mend{tail}"
    reason = _WHY_NOT.get(verdict.stop) if verdict.stop else None
    return f"Not settled after {took}" + (f": {reason}{tail}" if reason else tail)


def _is_asked_more(verdict: Verdict) -> bool:
    """Whether one of one's own claims that can be answered is not, or it is not known how many workers it takes."""
    own = [claim for claim in verdict.claims if claim.source == "own" and claim.answer is Answer.UNDECIDED]
    claimed = any(part.answer is Answer.UNDECIDED and not part.missing for claim in own for part in claim.parts)
    return claimed or any(map(_is_open, verdict.needed))


def _is_open(needed: Needed) -> bool:
    """Whether fewer workers may be enough, or, where none are known to be, any."""
    fewer = [each for each in needed.found if needed.workers is None or each.workers < needed.workers]
    return any(each.is_enough is None for each in fewer)


_UNFINISHED = {"interrupted": "Interrupted after", "running": "So far", "failed": "Broken off by an error after"}
_WHY_NOT = {
    Stop.HOPELESS: "what is open could hardly be settled in the blocks that were left",
    Stop.BUDGET: "the budget was spent",
    Stop.BLOCKS: "all blocks of the plan were done",
}


def _what_is_open(verdict: Verdict, ranking: Ranking) -> list[str]:
    opened = open_pairs(ranking)
    if not opened:
        return []
    more = len(opened) - _LISTED_MAX
    tail = f"; and {more} more" if more > 0 else ""
    of_all = f"{len(opened)} of {counted(sum(pair.asked for pair in ranking.comparisons), 'pair')}"
    noun = OBJECTIVES[ranking.objective].noun
    return [
        f"Open on {noun}, {of_all}: {'; '.join(opened[:_LISTED_MAX])}{tail}.",
        *ranking_advice(verdict, ranking),
    ]


def _open_claims(verdict: Verdict) -> list[str]:
    """What it would take to answer each claim of one's own that is undecided and can be answered."""
    return [
        claim_advice(verdict, claim)
        for claim in verdict.claims
        if claim.source == "own" and claim.answer is Answer.UNDECIDED and claim.blocks_needed is not None
        if verdict.status == "done"
    ]
