"""What a run shows on a terminal, drawn on a real one (a pty), and what it says elsewhere."""

import re
from pathlib import Path

import pytest

from support.command import APPS, run_wsgibench, went_well
from support.terminal import Terminal

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")

STACKS = ("gunicorn", "nginx+waitress", "waitress")
SETTINGS = ("--connections", "2", "--warmup", "200ms", "--pictures", "off", "--chdir", str(APPS))
RUN = ("run", "gunicorn", "waitress", "--app", "hello:app", *SETTINGS)
END_OF_FRAME = b"\x1b[?2026l"
ONE_DONE = re.compile(r"\b[01]/1\b")
"""One trial is done, whether it counts or the machine was too busy for it."""
FRAME = re.compile(rb"\x1b\[\?2026h(.*?)\x1b\[\?2026l", re.DOTALL)


def rows_of(display: list[str]) -> list[str]:
    """The stacks whose rows are on the screen."""
    return [stack for stack in STACKS if any(re.match(rf"[> ] {re.escape(stack)}( |$)", line) for line in display)]


def test_a_row_for_each_stack_stays_right_at_any_size(tmp_path: Path) -> None:
    """Narrower, wider, shorter than the table: as much as fits, nothing of the sizes before, in the end the ranking."""
    arguments = ("run", *STACKS, "--app", "hello:app", *SETTINGS, "--rate", "100/s", "--duration", "3s")
    with Terminal(*arguments, "--blocks", "2", "--out", str(tmp_path), columns=120, lines=30) as terminal:
        terminal.wait_for("block 1 of at most 2", "steady", "saturated", "p99 ms", "round")
        for columns, lines in ((40, 30), (25, 12), (130, 30)):
            terminal.resize(columns, lines)
            terminal.wait_for_bytes(END_OF_FRAME, 2)
            assert sum("block 1 of" in line for line in terminal.display) == 1
            assert {"gunicorn", "waitress"} <= set(rows_of(terminal.display)), "whose names fit into 25 columns"
            assert sum(line.startswith(">") for line in terminal.display) <= 1
        terminal.resize(100, 6)
        terminal.wait_for_bytes(END_OF_FRAME, 2)
        assert terminal.display[-1] == "  and 2 more"
        assert rows_of(terminal.display) == ["gunicorn"]
        terminal.resize(100, 30)
        terminal.wait_for("block 2 of at most 2", ONE_DONE, *STACKS)
        assert terminal.went_well()
        assert not any("of at most" in line for line in terminal.display), "the table is still there"
        assert any(str(tmp_path) in line for line in terminal.display)
    frames = FRAME.findall(terminal.raw)
    assert len(frames) > 5
    for frame in frames:
        body, _, after = frame.partition(b"\x1b[J")
        assert body.startswith(b"\x1b[H"), "what is cleared before it is drawn flickers"
        assert after == b"\x1b[?7h", "something is drawn after the rest was cleared"


def test_ctrl_c_leaves_the_terminal_as_it_was(tmp_path: Path) -> None:
    """The ordinary screen is back with a visible cursor, and says how to go on; resume shows what was known."""
    out = ("--out", str(tmp_path))
    with Terminal(*RUN, "--turns", "off", "--duration", "16s", "--blocks", "4", *out) as terminal:
        terminal.wait_for("1 of 8 trials")
        terminal.type(b"\x03")
        assert terminal.wait() == 130
        assert not any("of at most" in line for line in terminal.display)
        assert any("wsgibench resume" in line for line in terminal.display)
        assert terminal.raw.rindex(b"\x1b[?1049l") > terminal.raw.rindex(b"\x1b[?1049h")
        assert terminal.raw.rindex(b"\x1b[?25h") > terminal.raw.rindex(b"\x1b[?25l")
    [folder] = tmp_path.iterdir()
    with Terminal("resume", str(folder), "--pictures", "off") as terminal:
        terminal.wait_for("1 of 8 trials", ONE_DONE)
        terminal.type(b"\x03")
        assert terminal.wait() == 130


def test_ctrl_z_and_ctrl_s_do_no_harm(tmp_path: Path) -> None:
    """A stopped run holds no screen; one that goes on draws again, and no terminal holds it up."""
    with Terminal(*RUN, "--duration", "3s", "--blocks", "1", "--out", str(tmp_path)) as terminal:
        terminal.wait_for("block 1 of at most 1", "round")
        terminal.type(b"\x1a")
        terminal.wait_until_stopped()
        assert terminal.raw.endswith(b"\x1b[?1049l")
        terminal.go_on()
        terminal.wait_for("block 1 of at most 1")
        terminal.type(b"\x13")
        terminal.wait_for_file(tmp_path, "trials/0002-*/trial.json")
        terminal.type(b"\x11")
        assert terminal.went_well()


def test_why_a_trial_does_not_count_stays_and_results_go_to_a_pipe(tmp_path: Path) -> None:
    """Above the table while it is drawn, on the terminal when it is gone; standard output has no codes."""
    arguments = ("run", "gunicorn", "waitress", "--app", "one_in_a_hundred_fails:app", "--path", "/x", *SETTINGS)
    ending = ("--bodies", "off", "--duration", "4s", "--blocks", "2", "--out", str(tmp_path / "runs"))
    results = tmp_path / "results.txt"
    with Terminal(*arguments, *ending, columns=160, stdout=results) as terminal:
        terminal.wait_for("block 2 of at most 2", "gunicorn (block 1) does not count", "0/1")
        assert terminal.wait() == 1
        assert b"waitress (block 2) does not count" in terminal.raw.rpartition(b"\x1b[?1049l")[2]
    said = results.read_text()
    assert "\x1b" not in said
    assert "\r" not in said
    assert "gates failed" in said


@pytest.mark.parametrize("term", ["dumb", pytest.param("xterm", marks=pytest.mark.long)])
def test_elsewhere_there_are_plain_lines(tmp_path: Path, term: str) -> None:
    """A terminal that cannot draw, a log file: whole lines, and no codes to move about."""
    log = tmp_path / "log.txt"
    arguments = (*RUN, "--duration", "2s", "--blocks", "1", "--out", str(tmp_path / "runs"))
    with Terminal(*arguments, env={"TERM": term}, stderr=log if term == "xterm" else None) as terminal:
        code = terminal.wait()
    said = log.read_text() if term == "xterm" else terminal.raw.decode().replace("\r\n", "\n")
    assert went_well(code, said)
    assert "\x1b[?" not in said
    assert "\x1b[H" not in said
    assert "\r" not in said
    assert "trial 2 of 2: " in said
    assert all(f"{stack} (block 1): saturated" in said for stack in ("gunicorn", "waitress"))


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
@pytest.mark.parametrize("columns", [24, 60])
def test_an_error_is_broken_between_words(columns: int, tmp_path: Path) -> None:
    """A path in it stays whole, so that it can be copied."""
    path = str(tmp_path / "there-is-no-such-folder")
    with Terminal("report", path, columns=columns, lines=40) as terminal:
        terminal.wait()
        shown = [line.rstrip() for line in terminal.display if line.strip()]
    said = run_wsgibench("report", path).err
    assert len(shown) > said.count("\n")
    whole = "".join(shown).replace(" ", "")
    assert whole == "".join(said.split())
    words = {word for word in said.split() if len(word) < columns}
    assert words <= set(" ".join(shown).split())
