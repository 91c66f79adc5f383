"""Versions, by the numbers of their releases: servers' and proxies' alike."""

import re


def is_before(version: str, first: str) -> bool:
    """Whether a version comes before another one: ``26.2.0`` before ``26.2.1``, and nothing before ``""``."""
    return _numbers(version) < _numbers(first)


def _numbers(version: str) -> list[int]:
    """``26.2.1`` by its parts; of ``27.0.0rc1`` those of the release."""
    found = re.match(r"[\d.]*", version)
    numbers = [int(part) for part in found[0].split(".") if part] if found else []
    while numbers and not numbers[-1]:
        numbers.pop()  # 2.0 is 2
    return numbers
