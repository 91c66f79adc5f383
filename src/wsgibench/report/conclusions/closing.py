"""How the run ended, what it would take to know more, and what it does not show."""

from wsgibench.model.objective import OBJECTIVES
from wsgibench.model.verdict import Ranking, Stop, Verdict
from wsgibench.report.conclusions.quantities import counted, listed, percent
from wsgibench.report.conclusions.rankings import open_pairs
from wsgibench.units import format_duration

_LISTED_MAX = 4


def closing(verdict: Verdict) -> list[str]:
    """Sentences: whether all is settled and after how long; what is open; what did not count."""
    sentences = [_ending(verdict)]
    for ranking in verdict.asked:
        sentences += _what_is_open(verdict, ranking)
    out = verdict.trials - verdict.counted
    if out:
        reasons = listed(
            [
                f"{name}: {count}" if len(verdict.not_counted) > 1 else name
                for name, count in verdict.not_counted.items()
            ]
        )
        sentences.append(f"{out} of {counted(verdict.trials, 'trial')} did not count ({reasons}).")
    return sentences + [f"{caution.cause} {caution.advice}" for caution in verdict.cautions]


def limits(verdict: Verdict) -> list[str]:
    """What the verdict does not show."""
    found = verdict.circumstances
    share = percent(sum(ranking.error for ranking in verdict.asked))
    nouns = listed([OBJECTIVES[ranking.objective].noun for ranking in verdict.asked])
    return [
        f"It holds for this app ({found.app}), this load, this machine and these versions; another app may differ.",
        "Load and stacks ran on one machine, over loopback: no network, no TLS, no slow clients.",
        f"What is said of {nouns} is wrong in at most {share} of such runs; of each other figure likewise, for itself.",
        f"Stacks at most {percent(verdict.margin)} apart are called tied, whatever the noise.",
        f"{format_duration(verdict.took_s)} show nothing of what takes hours, such as leaks and full disks.",
    ]


def _ending(verdict: Verdict) -> str:
    took = f"{counted(verdict.blocks, 'block')}, {format_duration(verdict.took_s)}"
    if not verdict.blocks:
        return "Nothing has been measured yet."
    if verdict.status == "interrupted":
        return f"Interrupted after {took}."
    if verdict.status == "running":
        return f"So far {took}."
    if not any(ranking.comparisons for ranking in verdict.asked):
        return f"Ended after {took}."
    if all(ranking.settled for ranking in verdict.asked):
        return f"Settled after {took}."
    why = {
        Stop.HOPELESS: "what is open could hardly be settled in the time that was left",
        Stop.BUDGET: "the budget was spent",
        Stop.BLOCKS: "all blocks of the plan were done",
    }
    reason = why.get(verdict.stop) if verdict.stop else None
    return f"Not settled after {took}" + (f": {reason}." if reason else ".")


def _what_is_open(verdict: Verdict, ranking: Ranking) -> list[str]:
    opened = open_pairs(ranking)
    if not opened:
        return []
    more = len(opened) - _LISTED_MAX
    tail = f"; and {more} more" if more > 0 else ""
    of_all = f"{len(opened)} of {counted(len(ranking.comparisons), 'pair')}"
    noun = OBJECTIVES[ranking.objective].noun
    sentences = [f"Open on {noun}, {of_all}: {'; '.join(opened[:_LISTED_MAX])}{tail}."]
    needed = ranking.blocks_needed
    if needed is not None and verdict.block_s is not None:
        time_s = needed * verdict.block_s
        sentences.append(
            f"To settle {'it' if len(opened) == 1 else 'them all'} would take about {counted(needed, 'block')}, "
            f"{format_duration(time_s)} in all: --blocks {needed}."
        )
    elif verdict.blocks < 3:
        sentences.append("From so few blocks a difference cannot be told from chance: give --blocks 3 or more.")
    return sentences
