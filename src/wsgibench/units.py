"""Text to quantities and back: durations in seconds, rates per second, sizes in bytes."""

import re
from math import ceil

from wsgibench.errors import UsageError

_SECONDS = {"ms": 1e-3, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}
_PER_SECOND = {"s": 1.0, "m": 1 / 60, "min": 1 / 60, "h": 1 / 3600}
_DURATION_MOST_S = 30 * 86_400.0
_RATE_MOST = 1e9
_SHARE_MOST = 1e6
_SHOWN_MOST = 60
_PIECE = re.compile(r"(\d+(?:\.\d+)?) *(ms|s|min|m|h)?")
"""Of a duration. Spaces part them: ``1 30s`` is no ``130s``."""
_BYTES = ("B", "KiB", "MiB", "GiB", "TiB")


def parse_duration(text: str) -> float:
    """Seconds, from ``500ms``, ``90``, ``90s``, ``60m``, ``1h30m``.

    Raises:
        UsageError: the text is not a duration, or not more than zero.
    """
    pieces = _PIECE.findall(text)
    if not pieces or _PIECE.sub("", text).strip(" "):
        raise UsageError(f"'{text[:_SHOWN_MOST]}' is not a duration.", "Write it with a unit: 500ms, 90s, 60m, 1h30m.")
    if len(pieces) > 1 and any(not unit for _, unit in pieces):
        raise UsageError(f"'{text}' is not a duration.", "Give every part a unit: 1h30m, 1m30s.")
    seconds = sum(float(number) * _SECONDS[unit or "s"] for number, unit in pieces)
    if seconds <= 0:
        raise UsageError(f"The duration '{text}' is not more than zero.", "Write for example 2s or 60m.")
    if seconds > _DURATION_MOST_S:
        raise UsageError(f"The duration '{text[:_SHOWN_MOST]}' is more than a month.", "Write for example 2s or 60m.")
    return seconds


def parse_rate(text: str) -> float:
    """Events per second, from ``250``, ``250/s``, ``600/min``.

    Raises:
        UsageError: the text is not a rate, or not more than zero.
    """
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(?:/\s*(s|min|m|h))?\s*", text)
    if not match or not 0 < float(match[1]) <= _RATE_MOST:
        raise UsageError(f"'{text[:_SHOWN_MOST]}' is not a rate above zero.", "Write it per second: 250/s.")
    return float(match[1]) * _PER_SECOND[match[2] or "s"]


def parse_share(text: str) -> float:
    """A fraction of one, from ``5%``, ``2.5 %``, ``0.05``.

    Raises:
        UsageError: the text is none.
    """
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(%?)\s*", text)
    if not match or float(match[1]) > _SHARE_MOST:
        raise UsageError(f"'{text[:_SHOWN_MOST]}' is not a share.", "Write it in percent: 5%.")
    return float(match[1]) / (100 if match[2] else 1)


def round_duration(seconds: float) -> str:
    """A round duration that is no less: ``90s``, ``10m``."""
    return f"{ceil(seconds / 10) * 10}s" if seconds < 120 else f"{ceil(seconds / 60)}m"


def format_duration(seconds: float) -> str:
    """``0.25 s``, ``42 s``, ``4 min 12 s``, ``7 h 14 min``: at most two units, no zero parts."""
    if seconds < 10:
        return f"{seconds:.2g} s"
    whole = round(seconds)
    hours, rest = divmod(whole, 3600)
    minutes, secs = divmod(rest, 60)
    parts = [f"{hours} h"] if hours else []
    if minutes:
        parts.append(f"{minutes} min")
    if secs and not hours:
        parts.append(f"{secs} s")
    return " ".join(parts) or "0 s"


def counted(count: int, noun: str) -> str:
    """``1 block``, ``6 blocks``."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def format_size(count: float) -> str:
    """``512 B``, ``1.5 MiB``: three significant digits at most, powers of 1024."""
    for unit in _BYTES:
        if count < 1024 or unit == _BYTES[-1]:
            break
        count /= 1024
    return f"{count:.0f} {unit}" if unit == "B" or count >= 100 else f"{count:.1f} {unit}"
