"""Tracebacks are found in logs as they grow, once each."""

import os
import traceback
from pathlib import Path

import pytest

from wsgibench.processes.tracebacks import Tracebacks


def raised(text: str, *, divide: bool = False) -> str:
    """A traceback as Python prints it."""
    try:
        1 // 0 if divide else fail(text)
    except (LookupError, ZeroDivisionError):
        return traceback.format_exc()


def fail(text: str) -> None:
    raise LookupError(text)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "server.log"
    path.touch()
    return path


def append(log: Path, text: str) -> None:
    with log.open("a") as file:
        file.write(text)


def test_each_kind_of_traceback_is_told_once(log: Path) -> None:
    """Between lines of requests, and whatever its message says."""
    found = Tracebacks([log])
    assert list(found.new()) == []
    append(log, f"request seen\n[ERROR] Error handling request /\n{raised('one')}request seen\n")
    [told] = found.new()
    assert told.splitlines()[0] == "Traceback (most recent call last):"
    assert told.splitlines()[-1] == "LookupError: one"
    append(log, raised("two") + raised("", divide=True))
    [told] = found.new()
    assert told.endswith("ZeroDivisionError: integer division or modulo by zero")


def test_what_is_written_in_pieces_is_read_as_one(log: Path) -> None:
    found, text, told = Tracebacks([log]), raised("one"), []
    for place in range(0, len(text), 7):
        append(log, text[place : place + 7])
        told += found.new()
    assert told == [text.rstrip()]


def test_a_log_that_is_begun_anew_is_read_from_its_beginning(log: Path, tmp_path: Path) -> None:
    """As supervisord does it when the file is large."""
    found = Tracebacks([log])
    append(log, "x" * 1000 + "\n")
    assert list(found.new()) == []
    log.rename(tmp_path / "server.log.1")
    log.write_text(raised("after"))
    assert len(list(found.new())) == 1


def test_what_is_long_is_cut(log: Path) -> None:
    append(log, raised("long " * 500))
    [told] = Tracebacks([log]).new()
    assert max(map(len, told.splitlines())) < 400


def test_a_flood_is_read_from_its_end_and_a_missing_log_is_none(log: Path, tmp_path: Path) -> None:
    found = Tracebacks([tmp_path / "nowhere.log", log])
    append(log, "y" * (3 << 20) + "\n" + raised("last"))
    assert len(list(found.new())) == 1
    os.truncate(log, 0)
    assert list(found.new()) == []
