"""``quoteserver`` as a user runs it: a process, its output, its exit code."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = Path(sys.executable).with_name("quoteserver")


def run(*arguments, **environment):
    """The finished process; it never shows a traceback."""
    done = subprocess.run(
        [COMMAND, *map(str, arguments)],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return done


def refused(done, exit_code):
    """One sentence and a hint, on stderr only; both."""
    assert (done.returncode, done.stdout) == (exit_code, "")
    sentence, hint = done.stderr.splitlines()
    assert sentence.endswith(".")
    assert hint
    return sentence, hint


def test_info_of_the_default_store():
    """The keys that wsgibench relies on."""
    done = run("info", "--json")
    found = json.loads(done.stdout)
    assert list(found) == ["backend", "store", "documents", "distinct_texts", "first_id", "last_id"]
    assert [found[key] for key in found if key != "store"] == ["sqlite", 8558, 8558, 1, 8558]
    assert (done.returncode, done.stderr) == (0, "")


def test_info_for_people():
    """Figures with thousands."""
    done = run("info", "--store", "memory://")
    assert "documents       8,558\n" in done.stdout
    assert "distinct texts  8,558\n" in done.stdout


def test_load_and_look(tmp_path):
    """Cycling over a file of one's own, twice, by an option and by the environment."""
    (tmp_path / "mine.csv").write_text("quote,author\none,A\ntwo,B\n")
    store = f"sqlite:///{tmp_path}/mine.db"
    for arguments, environment in [(["--store", store], {}), ([], {"QUOTES_STORE": store})]:
        done = run("load", *arguments, "--file", tmp_path / "mine.csv", "--documents", 7, **environment)
        assert (done.returncode, done.stderr) == (0, "")
        found = json.loads(run("info", "--json", "--store", store).stdout)
        assert (found["documents"], found["distinct_texts"], found["last_id"]) == (7, 2, 7)


@pytest.mark.parametrize(
    ("arguments", "exit_code", "said"),
    [
        (["bogus"], 2, "bogus"),
        (["load", "--documents", "0"], 2, "0"),
        (["load", "--documents", "many"], 2, "many"),
        (["load", "--store", "mysql://x"], 2, "mysql://x"),
        (["load", "--store", "memory://"], 2, "memory://"),
        (["load", "--store", "sqlite:///"], 2, "sqlite:///"),
        (["load", "--file", "none.csv"], 2, "none.csv"),
        (["load", "--file", "none.txt"], 2, "none.txt"),
        (["load", "--store", "sqlite:////proc/none/x.db"], 1, "/proc/none/x.db"),
        (["info", "--store", "sqlite:////proc/none/x.db"], 3, "/proc/none/x.db"),
        (["info", "--store", "elasticsearch://127.0.0.1:1/q"], 3, "http://127.0.0.1:1"),
        (["load", "--store", "elasticsearch://127.0.0.1:1/q"], 3, "http://127.0.0.1:1"),
        (["info", "--store", "elasticsearch://me:pass@h/q"], 2, "password"),
        (["info", "--bogus"], 2, "--bogus"),
    ],
)
def test_errors(arguments, exit_code, said):
    """One sentence with the value that caused it, a hint, and the exit code of the design."""
    sentence, _ = refused(run(*arguments), exit_code)
    assert said in sentence


@pytest.mark.elasticsearch
def test_elasticsearch_end_to_end(elasticsearch_store):
    """No index, then a bulk load, then less of it."""
    sentence, hint = refused(run("info", "--store", elasticsearch_store), 3)
    assert "has no index" in sentence
    assert f"quoteserver load --store {elasticsearch_store}" in hint
    for documents in (9000, 100):
        assert run("load", "--store", elasticsearch_store, "--documents", documents).returncode == 0
        found = json.loads(run("info", "--json", "--store", elasticsearch_store).stdout)
        assert (found["backend"], found["documents"], found["last_id"]) == ("elasticsearch", documents, documents)
        assert found["distinct_texts"] == min(documents, 8558)


def test_help_imports_no_flask():
    """Half of the time that a help text may take would be spent on it."""
    code = "import sys, quoteserver.cli; print({'flask', 'rich', 'elasticsearch', 'sqlite3'} & set(sys.modules))"
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "set()\n"
    assert "--store" in run("load", "--help").stdout
    assert run("--version").returncode == 0


def test_output_that_nobody_reads():
    """As in `quoteserver info | true`: not done, and no complaint."""
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "wb") as closed:
        done = subprocess.run([COMMAND, "info"], stdout=closed, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "")
