"""Servers of WSGI and of ASGI in one run, each with its form of the app."""

import json
from pathlib import Path

from support.command import run_wsgibench, went_well

LOAD = ("--rate", "50/s", "--blocks", "1", "--duration", "500ms", "--pictures", "off")


def test_the_quote_server_is_compared_under_both_kinds_of_server(tmp_path: Path) -> None:
    """Out of the box: their answers are the same, and what was served stands in the record."""
    ended = run_wsgibench("run", "gunicorn", "uvicorn", "--store", "memory://", *LOAD, "--out", str(tmp_path))
    assert went_well(ended.code, ended.out + ended.err), ended.err
    [record] = tmp_path.glob("*/run.json")
    app = json.loads(record.read_text())["plan"]["app"]
    assert (app["target"], app["asgi_target"]) == ("quoteserver.wsgi:app", "quoteserver.asgi:app")
    trials = [json.loads(path.read_text()) for path in tmp_path.glob("*/trials/*/trial.json")]
    assert {trial["stack"]["server"] for trial in trials} == {"gunicorn", "uvicorn"}
    failed = {gate["name"] for trial in trials for gate in trial["gates"] if not gate["passed"]}
    assert not failed & {"start", "same-bodies", "compared-bodies", "wrong-bodies", "errors", "workers", "processes"}
