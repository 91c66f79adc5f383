"""What runs found, kept in a JSON file after each one: a benchmark of hours goes on where it was ended."""

import json
import time
from pathlib import Path
from typing import Any


class Kept:
    """Results by name: of each run a list of records, in the order in which they were made.

    Attributes:
        facts: what else is to be known of them, by name.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        found = json.loads(path.read_text()) if path.exists() else {}
        self.facts: dict[str, Any] = found.get("facts", {})
        self._runs: dict[str, list[list[dict[str, Any]]]] = found.get("runs", {})

    def of(self, name: str) -> list[list[dict[str, Any]]]:
        """All runs of that name so far."""
        return self._runs.get(name, [])

    def names(self) -> list[str]:
        """All that there are runs of."""
        return list(self._runs)

    def add(self, name: str, records: list[dict[str, Any]]) -> None:
        """A run; it is safe when this returns."""
        self._runs.setdefault(name, []).append(records)
        self.write()

    def write(self) -> None:
        """All of it, as a whole."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        new = self._path.with_suffix(".new")
        new.write_text(json.dumps({"facts": self.facts, "runs": self._runs}, indent=1) + "\n")
        new.replace(self._path)  # one step


class TimeLeft:
    """Of so many minutes; without any, there is always enough."""

    def __init__(self, minutes: float | None) -> None:
        self._end_s = None if minutes is None else time.monotonic() + 60 * minutes

    def is_enough(self, seconds: float) -> bool:
        """For something that takes so long."""
        return self._end_s is None or time.monotonic() + seconds < self._end_s
