"""Variants as the command line and ``wsgibench.toml`` have them."""

import sys
from pathlib import Path

import click
import pytest

from support.command import run_wsgibench
from wsgibench.cli.configuration import VARIANTS_KEY
from wsgibench.cli.run import command
from wsgibench.cli.variants import variants_of
from wsgibench.errors import UsageError
from wsgibench.model.variant import Variant


def read(*texts, **table):
    """What they mean, beside these ``[variants.NAME]``."""
    context = click.Context(command)
    context.meta[VARIANTS_KEY] = table
    with context:
        return variants_of(texts)


def test_each_kind_sets_what_it_says(tmp_path):
    """Directories and interpreters are absolute, wherever the run goes on; links of an environment are kept."""
    link = tmp_path / "python"
    link.symlink_to(sys.executable)
    found = read(f"a={tmp_path}", f"b=python:{link}", "c=env:DEBUG=1=2", "d")
    assert found == (
        Variant(name="a", directory=str(tmp_path.resolve())),
        Variant(name="b", python=str(link)),
        Variant(name="c", env=(("DEBUG", "1=2"),)),
        Variant(name="d"),
    )


def test_a_directory_is_that_of_the_shell(tmp_path, monkeypatch):
    (tmp_path / "env:x").mkdir()
    monkeypatch.chdir(tmp_path)
    assert read("new=.", "odd=./env:x") == (
        Variant(name="new", directory=str(tmp_path.resolve())),
        Variant(name="odd", directory=str(tmp_path.resolve() / "env:x")),
    )


def test_the_configuration_has_whole_ones(tmp_path):
    """Several settings at once. The command line takes those that it names, and nothing else."""
    table = {
        "py313": {"python": sys.executable, "env": ["A=1", "B=2"]},
        "debug": {"directory": str(tmp_path), "env": {"DEBUG": "1"}},
    }
    py313 = Variant(name="py313", python=sys.executable, env=(("A", "1"), ("B", "2")))
    debug = Variant(name="debug", directory=str(tmp_path.resolve()), env=(("DEBUG", "1"),))
    assert read(**table) == (py313, debug)
    assert read("debug", "plain", **table) == (debug, Variant(name="plain"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("new=/no/such/place", "There is no directory '/no/such/place'"),
        ("new=", "does not say what the variant is"),
        ("=x", "'' cannot name a variant"),
        ("a/b=.", "'a/b' cannot name a variant"),
        ("a@b", "'a@b' cannot name a variant"),
        ("new=pythonn:/bin/python", "is no variant"),
        ("new=env:1A=x", "sets no environment variable"),
        ("new=~nobody-of-that-name/x", "There is no directory"),
        ("new=install:'flask", "names no packages: No closing quotation"),
        ("new=python:", "cannot have the value ''"),
    ],
)
def test_what_means_nothing_is_refused(text, message):
    with pytest.raises(UsageError, match=message):
        read(text)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"new": {"pyton": "x"}}, r"No key of \[variants.new\] is called 'pyton'.*"),
        ({"new": 3}, "is no table"),
        ({"new": {"python": 3}}, "cannot have the value 3"),
        ({"new": {"env": [1]}}, "cannot have the value 1"),
    ],
)
def test_so_is_a_wrong_table(table, message):
    with pytest.raises(UsageError, match=message):
        read(**table)


def test_the_hint_names_the_nearest_key():
    with pytest.raises(UsageError) as raised:
        read(new={"pyton": "x"})
    assert raised.value.hint == "Did you mean 'python'?"


def test_a_name_leads_nowhere(tmp_path: Path):
    """It becomes a part of folders' names."""
    for name in ("..", ".", "a/../b", "-x", "x" * 41):
        with pytest.raises(UsageError, match="cannot name a variant"):
            Variant(name=name)


def test_variables_of_variants_stay_off_the_screen(tmp_path):
    """And out of errors, which quote what an app says; of the command line and of the configuration."""
    (tmp_path / "shop.py").write_text("import os\nraise ValueError(os.environ['TOKEN'])\n")
    (tmp_path / "wsgibench.toml").write_text('[variants.b.env]\nTOKEN = "t0ken-of-b-written-down"\n')
    for variants in (("a=env:TOKEN=t0ken-of-a-as-an-option",), ("b",)):
        given = [word for text in variants for word in ("--variant", text)]
        ended = run_wsgibench("run", "gunicorn", "--app", "shop:app", *given, cwd=tmp_path)
        assert ended.code == 4, ended.err
        assert "cannot be imported: ValueError" in ended.err
        assert "t0ken" not in ended.err + ended.out
