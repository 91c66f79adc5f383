"""The command line as a whole."""

import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

import wsgibench.cli
from support.command import run_wsgibench
from wsgibench import errors
from wsgibench.cli.main import _SUMMARIES
from wsgibench.errors import WsgibenchError

VERBS = sorted(
    path.stem for path in Path(wsgibench.cli.__path__[0]).glob("*.py") if "@click.command(" in path.read_text()
)


def test_the_help_names_every_verb() -> None:
    ended = run_wsgibench("--help")
    assert ended.code == 0
    assert sorted(_SUMMARIES) == VERBS
    for verb in VERBS:
        assert f"  {verb} " in ended.out


@pytest.mark.parametrize("verb", VERBS)
def test_summaries_are_the_verbs_own(verb: str) -> None:
    """The list in the help says of each verb what its own help begins with."""
    help_text = importlib.import_module(f"wsgibench.cli.{verb}").command.help
    assert help_text.split("\n\n")[0].replace("\n", " ").strip() == _SUMMARIES[verb]


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help(verb: str) -> None:
    ended = run_wsgibench(verb, "--help")
    assert ended.code == 0
    assert "Usage: wsgibench" in ended.out.replace("python -m ", "")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("serv",), "No command is called 'serv'."),
        (("serve",), "Missing argument"),
        (("serve", "gunicorn", "--nonsense"), "No such option"),
        (("serve", "gunicorn", "--workers", "many"), "'many' is not a valid integer"),
    ],
)
def test_a_wrong_command_line_is_exit_code_2(arguments: tuple[str, ...], message: str) -> None:
    ended = run_wsgibench(*arguments)
    assert ended.code == 2
    assert message in ended.err
    assert "Traceback" not in ended.err


def test_options_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "wsgibench.toml").write_text("workers = 0\n")
    assert "0 workers cannot serve." in run_wsgibench("serve", "gunicorn", cwd=tmp_path).err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("workerz = 3", "Did you mean 'workers'?"),
        ("workers = ", "cannot be read"),
        ("start_timeout = 0", "is not more than zero"),
        ("start_timeout = -3", "'-3' is not a duration"),
        ("workers = [6, 60]", "takes one value here, not [6, 60]"),
    ],
)
def test_a_wrong_file_is_said(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "wsgibench.toml").write_text(text)
    ended = run_wsgibench("serve", "gunicorn", cwd=tmp_path)
    assert ended.code == 2
    assert message in ended.err


def test_list_and_doctor_are_for_programs_too() -> None:
    listed = json.loads(run_wsgibench("list", "--json").out)
    assert {"kind": "server", "name": "gunicorn"}.items() <= listed[
        [row["name"] for row in listed].index("gunicorn")
    ].items()
    assert all(row["found"] if row["here"] else row["how_to_get"] for row in listed)
    checks = json.loads(run_wsgibench("doctor", "--json").out)
    assert {row["topic"] for row in checks} == {"server", "proxy", "engine", "monitor", "store", "machine"}
    for row in checks:
        assert row["state"] == "good" or row["advice"], row


def test_the_tree_of_errors_is_what_its_docstring_says() -> None:
    """Every error stands in the module's docstring, with its exit code."""
    lines = (errors.__doc__ or "").splitlines()
    for error in (WsgibenchError, *WsgibenchError.__subclasses__()):
        [line] = [line for line in lines if error.__name__ in line.split()]
        assert f"exit code {error.exit_code}" in line


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        ("wsgibench.cli.option_table", {"scipy", "wsgibench.analysis", "wsgibench.report", "flask"}),
        ("wsgibench.cli.report", {"scipy", "altair", "vl_convert", "flask"}),
        ("wsgibench.cli.main", {"numpy", "rich", "wsgibench.bench.option_rows"}),
        ("wsgibench.cli.run", {"scipy", "wsgibench.report.page", "altair", "vl_convert", "flask"}),
        ("wsgibench.cli.serve", {"numpy", "rich", "jinja2", "wsgibench.analysis", "altair"}),
    ],
)
def test_no_command_waits_for_what_another_needs(module: str, unwanted: set[str]) -> None:
    """To import all of it would take a second more, each time."""
    code = f"import sys, {module}; print(sorted({unwanted!r} & set(sys.modules)))"
    done = subprocess.run((sys.executable, "-c", code), capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
