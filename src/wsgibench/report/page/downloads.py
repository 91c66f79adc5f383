"""Files that the page carries with it."""

from typing import Any

from wsgibench.as_json import as_json
from wsgibench.model.record import Record
from wsgibench.model.run import FinishedRun
from wsgibench.model.secrets import without_secrets
from wsgibench.model.verdict import Verdict
from wsgibench.runs.results import results_csv

_TYPES = {"csv": "text/csv", "json": "application/json"}


def downloads(run: FinishedRun, verdict: Verdict) -> dict[str, dict[str, str]]:
    """Media type and text by file name. ``run.json`` comes without values of environment and headers, and passwords."""
    texts = {
        "results.csv": results_csv(run).decode(),
        "verdict.json": _json(verdict),
        "run.json": _json(without_secrets(run.run)),
    }
    return {name: {"type": _TYPES[name.rpartition(".")[2]], "text": text} for name, text in texts.items()}


def _json(value: Record | dict[str, Any]) -> str:
    return as_json(value, indent=1).decode()
