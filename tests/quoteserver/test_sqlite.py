"""The sqlite file: whole or not there, read by many, written by one, never anybody else's."""

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from quoteserver.errors import QuoteserverError, StoreDownError, UsageError
from quoteserver.quotations import Text
from quoteserver.stores import configured_url, load, open_store

OLD, NEW = Text("old", "A"), Text("new", "B")


def fill(path, text, documents=3):
    for _ in load(f"sqlite:///{path}", [text], documents):
        pass


@pytest.fixture
def path(tmp_path):
    """Where a store with three documents ``old`` is."""
    place = tmp_path / "quotes.db"
    fill(place, OLD)
    return place


@pytest.fixture
def store(path):
    with closing(open_store(f"sqlite:///{path}")) as opened:
        yield opened


@pytest.mark.parametrize("count", [20, pytest.param(60, marks=pytest.mark.long)])
def test_many_processes_at_once_build_it_once(tmp_path, count):
    """They wait for one another, and none sees half a file."""
    code = (
        "import os, sys\n"
        "from quoteserver.stores import open_store\n"
        "sys.stdin.readline()\n"
        "store = open_store(sys.argv[1]); print(store.get(8558).author, os.stat(sys.argv[2]).st_ino)\n"
    )
    place = tmp_path / "new" / "quotes.db"
    command = [sys.executable, "-c", code, f"sqlite:///{place}", str(place)]
    processes = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(count)
    ]
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    answers = [process.communicate(timeout=60)[0] for process in processes]
    assert answers == [f"William Wordsworth {place.stat().st_ino}\n"] * count
    assert {each.name for each in place.parent.iterdir()} == {".quotes.db.lock", "quotes.db"}


def test_a_load_that_is_killed_leaves_the_old_file(path):
    """And what it leaves beside is cleared by the next load."""
    code = (
        "import sys\n"
        "from quoteserver.quotations import Text\n"
        "from quoteserver.stores import load\n"
        "for written in load(sys.argv[1], [Text('new', 'B')], 10_000_000):\n"
        "    print(written, flush=True)\n"
    )
    command = [sys.executable, "-c", code, f"sqlite:///{path}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert int(process.stdout.readline()) > 0
        process.send_signal(signal.SIGKILL)
    with closing(open_store(f"sqlite:///{path}")) as store:
        assert (store.get(1).quote, store.contents().documents) == ("old", 3)
    fill(path, NEW)
    with closing(open_store(f"sqlite:///{path}")) as store:
        assert store.get(1).quote == "new"
    assert {each.name for each in path.parent.iterdir()} == {".quotes.db.lock", "quotes.db"}


def test_a_load_that_is_given_up_leaves_the_old_file(path, store):
    """As when the user interrupts it."""
    written = load(f"sqlite:///{path}", [NEW], 100_000)
    next(written)
    written.close()
    assert store.get(1).quote == "old"
    assert {each.name for each in path.parent.iterdir()} == {".quotes.db.lock", "quotes.db"}


def test_a_file_that_vanishes_is_down_until_it_is_back(path, store):
    """No restart, and no silent return to the packaged quotations."""
    assert store.get(1).quote == "old"
    away = path.rename(path.with_name("away"))
    for _ in range(2):
        with pytest.raises(StoreDownError, match="cannot be read"):
            store.get(1)
    away.rename(path)
    assert store.get(1).quote == "old"


def test_a_file_that_is_damaged_is_down_until_it_is_mended(path, store):
    """A damaged file is a store that does not answer, no crash."""
    path.write_bytes(b"SQLite format 3\0" + bytes(4096))
    with pytest.raises(StoreDownError):
        store.get(1)
    path.unlink()
    fill(path, NEW)
    assert store.get(1).quote == "new"


def test_it_answers_again_after_it_was_closed(store):
    """Closing gives the file back; the next question opens it."""
    assert store.get(1)
    store.close()
    store.close()
    assert store.get(1)


def test_it_cannot_write(store):
    """The connection is read-only, whatever asks it."""
    assert store.get(1)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        store._connection.execute("DELETE FROM quotes")


@pytest.mark.parametrize("content", ["text", "database"])
def test_a_file_of_somebody_else_is_never_replaced(tmp_path, content):
    """Nor one that is no database at all."""
    place = tmp_path / "precious.db"
    if content == "text":
        place.write_text("my only notes, long enough to look like something" * 10)
    else:
        with closing(sqlite3.connect(place)) as connection:
            connection.execute("CREATE TABLE mine (x)")
    before = place.read_bytes()
    with pytest.raises(UsageError, match="no store of quotations"):
        fill(place, NEW)
    assert place.read_bytes() == before


def test_a_database_of_somebody_else_is_down(tmp_path):
    """It has no table of quotations."""
    place = tmp_path / "other.db"
    with closing(sqlite3.connect(place)) as connection:
        connection.execute("CREATE TABLE mine (x)")
    with closing(open_store(f"sqlite:///{place}")) as store, pytest.raises(StoreDownError, match="no such table"):
        store.check()


def test_a_directory_that_cannot_be_written(tmp_path):
    """Loading fails with the path; reading, which would build the file, is a store that is down."""
    (tmp_path / "file").touch()
    url = f"sqlite:///{tmp_path}/file/quotes.db"
    with pytest.raises(QuoteserverError, match="cannot be written"):
        list(load(url, [NEW], 1))
    with closing(open_store(url)) as store, pytest.raises(StoreDownError):
        store.get(1)


def test_three_slashes_are_relative_and_four_absolute(monkeypatch, tmp_path):
    """As in SQLAlchemy and Django."""
    monkeypatch.chdir(tmp_path)
    with closing(open_store("sqlite:///here.db")) as store:
        assert store.contents().store == f"sqlite:///{tmp_path}/here.db"
    assert (tmp_path / "here.db").exists()


@pytest.mark.parametrize(
    "url",
    [
        "sqlite://",
        "sqlite:///",
        "sqlite:///dir/",
        "sqlite://host/x",
        "sqlite:///a\0b",
        "sqlite:///~nobody-of-that-name/x",
    ],
)
def test_a_url_that_names_no_file(url):
    """Refused before anything is opened."""
    with pytest.raises(UsageError, match="names no sqlite file"):
        open_store(url)


@pytest.mark.parametrize("url", ["", "quotes.db", "mysql://host/x", "sqlite:/x", "://", "memory:///x"])
def test_a_url_of_no_store(url):
    """The hint lists the forms."""
    with pytest.raises(UsageError) as raised:
        open_store(url)
    assert "memory://" in raised.value.hint


def test_the_default_is_in_the_cache(monkeypatch):
    """Of the user, and named after its content; QUOTES_STORE and an argument come first."""
    default = configured_url()
    assert Path(default.removeprefix("sqlite:///")).parent == Path(os.environ["XDG_CACHE_HOME"]) / "quoteserver"
    monkeypatch.setenv("QUOTES_STORE", "memory://")
    assert configured_url() == "memory://"
    assert configured_url("sqlite:///x") == "sqlite:///x"
