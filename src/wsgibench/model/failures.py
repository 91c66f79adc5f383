"""Names for the ways in which requests fail: by status where there was one, else by what became of the connection."""

from collections import Counter
from collections.abc import Iterable, Mapping

_NAMES = {
    "bad_status": "bad status",
    "wrong_body": "wrong body",
    "refused": "connection refused",
    "reset": "connection reset",
    "timeout": "time-out",
    "malformed": "not HTTP",
    "unsent": "not sent in time",
}
"""By outcome. Of ``bad_status``, those of which no status is known."""


def failures_by_kind(outcomes: Mapping[str, int], statuses: Mapping[int, int]) -> dict[str, int]:
    """How many requests failed in which way, the most frequent first; ways in which none did are left out.

    ``outcomes`` are by ``model.recording.OUTCOMES``, ``statuses`` those of the ``bad_status`` by number.
    """
    kinds = Counter({_NAMES.get(name, name): count for name, count in outcomes.items() if name != "ok"})
    kinds[_NAMES["bad_status"]] -= sum(statuses.values())
    kinds.update({str(status): count for status, count in statuses.items()})
    return _ordered(kinds)


def all_failures(parts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Several of such counts as one."""
    kinds: Counter[str] = Counter()
    for part in parts:
        kinds.update(part)
    return _ordered(kinds)


def failures_in_words(kinds: Mapping[str, int]) -> str:
    """``429 x 812, 502 x 3, connection reset x 1``."""
    return ", ".join(f"{kind} x {count:,}" for kind, count in kinds.items())


def _ordered(kinds: Counter[str]) -> dict[str, int]:
    return {kind: count for kind, count in kinds.most_common() if count > 0}
