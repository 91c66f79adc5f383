"""What comes from outside is words on the terminal, and no commands to it: from folders, logs, apps, configurations."""

import ast
import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import wsgibench.cli
from support.command import run_wsgibench
from support.small_run import BROKEN, a_folder, add_trial, steady_latencies
from wsgibench.cli.progress.snapshot import Row, Snapshot, SoFar
from wsgibench.cli.progress.table import last_notes, picture
from wsgibench.cli.terminal import printable

EVIL = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202egnp.exe\r\x00\x7f"
IN_A_PLAN = EVIL.replace("\0", "")
"""With a NUL it would be refused: no path or argument can hold one."""
FORBIDDEN = set("\x1b\x07\x9b\u202e\r\0\x7f")
CLI = Path(wsgibench.cli.__path__[0])


@given(st.text())
def test_what_is_printed_is_to_be_looked_at(text: str) -> None:
    """No control character, no mark of direction, nothing unseen, no line break; and what is fine stays as it is."""
    shown = printable(text)
    assert all(character.isprintable() or character.isspace() for character in shown)
    assert not set("\n\t\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\u2028\u2029") & set(shown)
    if text.isprintable():
        assert shown == text


def test_its_escape_says_what_it_was() -> None:
    assert printable("a\x1b[2J\u202eb\udcff") == "a\\x1b[2J\\u202eb\\udcff"
    assert printable("déjà\N{NO-BREAK SPACE}vu 日本") == "déjà\N{NO-BREAK SPACE}vu 日本"


@pytest.fixture
def folders(tmp_path: Path) -> list[str]:
    """Two runs with escape sequences wherever a text can be: in machine, versions, causes, advice, errors, data."""
    made = []
    for name in ("a", "b"):
        folder = a_folder(
            tmp_path / name,
            ["gunicorn", "waitress"],
            store=f"{name}{IN_A_PLAN}",
        )
        gate = msgspec.structs.replace(BROKEN, name=f"errors{EVIL}", cause=f"It said {EVIL}.", advice=f"Do {EVIL}")
        add_trial(folder, 1, "gunicorn", {"steady": steady_latencies(4, 4)})
        add_trial(folder, 2, "waitress", {"steady": steady_latencies(5, 4)}, gates=(gate,))
        add_trial(folder, 3, "waitress", {}, status="failed", error=f"The last lines:\n{EVIL}", block=2)
        run = folder.read_run()
        machine = msgspec.structs.replace(run.machine, cpu=f"{name}{EVIL}", system=f"{name}{EVIL}")
        versions = {"wsgibench": f"{name}{EVIL}", f"x{EVIL}": name}
        folder.write_run(msgspec.structs.replace(run, machine=machine, versions=versions, status=f"interrupted{EVIL}"))
        made.append(str(folder.path))
    return made


@pytest.mark.parametrize(
    "form", [("--pictures", "off"), ("--format", "md"), ("--json", "--pictures", "off")], ids="-".join
)
@pytest.mark.parametrize("verb", ["report", "compare"])
def test_a_folder_gives_the_terminal_no_commands(folders: list[str], verb: str, form: tuple[str, ...]) -> None:
    """Neither as tables nor as Markdown nor as JSON."""
    runs = folders[:1] if verb == "report" else [*folders, "--anyway"]
    given = [each for each in form if verb == "report" or each not in ("--pictures", "off")]
    ended = run_wsgibench(verb, *runs, *given)
    assert "Traceback" not in ended.err
    assert not FORBIDDEN & set(ended.out + ended.err)


def test_json_still_says_what_it_was(folders: list[str]) -> None:
    """Escaped as JSON escapes."""
    said = json.loads(run_wsgibench("report", folders[0], "--pictures", "off", "--json").out)
    assert said["verdict"]["circumstances"]["store"] == f"a{IN_A_PLAN}"


def test_an_app_gives_the_terminal_no_commands(tmp_path: Path) -> None:
    """By what it says as it fails."""
    (tmp_path / "evil.py").write_text(f"raise RuntimeError({EVIL!r} + 'the reason')\n")
    ended = run_wsgibench("serve", "gunicorn", "--app", "evil:app", "--chdir", str(tmp_path), "--port", "0")
    assert ended.code == 4
    assert "the reason" in ended.err
    assert not FORBIDDEN & set(ended.err)


def test_names_and_notes_in_the_live_table_are_text() -> None:
    row = Row(stack=EVIL, done=1, counted=1, now=EVIL, at_hand=False, phases={EVIL: SoFar(requests_per_s=1.0)})
    snapshot = Snapshot(
        block=1, blocks=1, ended=0, trials=1, elapsed_s=1.0, left_s=1.0, under_load=False, doing=EVIL, settled=EVIL,
        phases=(EVIL,), rows=(row,),
    )  # fmt: skip
    styles = ("\x1b[1m", "\x1b[2m", "\x1b[0m")
    text = "".join(picture(snapshot, columns=200, lines=20))
    for style in styles:
        text = text.replace(style, "")
    text += "".join(row for rows in last_notes([EVIL], columns=200, lines=20) for row in rows)
    assert not FORBIDDEN & set(text)


OWN_WAY = {
    "terminal.py": "is the one way",
    "output.py": "makes tables, whose cells it makes printable",
    "progress/screen.py": "moves the cursor; what is shown there comes from table.py",
    "live/__main__.py": "speaks to its parent, in JSON",
}


@pytest.mark.parametrize("path", sorted(CLI.rglob("*.py")), ids=lambda path: str(path.relative_to(CLI)))
def test_words_go_to_the_terminal_by_one_way(path: Path) -> None:
    """No other module prints, echoes or writes to stdout and stderr."""
    if str(path.relative_to(CLI)) in OWN_WAY:
        return
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            assert called not in ("print", "click.echo", "click.secho", "sys.stdout.write", "sys.stderr.write"), called
