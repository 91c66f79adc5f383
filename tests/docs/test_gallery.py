"""The gallery's page is made of runs alone, an entry at a time."""

import importlib
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import click
import pytest

from support.curves import a_capacity_run, a_run_of_capacities
from support.made_up_runs import made_up
from support.pages import DOCS, ROOT
from wsgibench.analysis.verdict import verdict_of
from wsgibench.cli.main import wsgibench_command
from wsgibench.deploy.requirements import check_stack
from wsgibench.model.stack import parse_stack
from wsgibench.report.pictures import draw

SCRIPT = ROOT / "benchmarks" / "gallery.py"


@pytest.fixture
def gallery(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script that makes it."""
    monkeypatch.syspath_prepend(SCRIPT.parent)
    return importlib.import_module("gallery")


def test_every_command_is_one_that_wsgibench_takes(gallery: ModuleType) -> None:
    """Verb, options and stacks; all together take less than 20 minutes."""
    above = click.Context(wsgibench_command)
    for entry in gallery.ENTRIES:
        _, verb, *arguments = entry.command((), None)
        command = wsgibench_command.get_command(above, verb)
        assert command is not None
        command.make_context(verb, list(arguments))
        for stack in entry.stacks:
            if stack != "article":
                check_stack(parse_stack(stack))
    assert sum(int(entry.budget.removesuffix("m")) for entry in gallery.ENTRIES) < 20


def test_an_entry_shows_picture_sentence_command_and_circumstances(gallery: ModuleType, tmp_path: Path) -> None:
    """All of the run's record; stacks whose proxy is not there are named."""
    folder = made_up(tmp_path, {"gunicorn": 1000.0, "uvicorn": 1300.0})
    draw(folder, verdict_of(folder), run=folder.read())
    entry = gallery.Entry(name="interfaces", title="Which?", stacks=("gunicorn", "uvicorn"), budget="3m")
    section = gallery.section_of(entry, ("wsgibench", "run", "--limit", "p99 < 1s"), folder, tmp_path)
    assert section.startswith("## Which?\n\n<picture>")
    for theme in ("light", "dark"):
        assert f"interfaces-{theme}.svg" in section
        assert (tmp_path / f"interfaces-{theme}.svg").read_text().startswith("<svg")
    assert "**uvicorn is best:" in section
    assert "```text\nwsgibench run --limit 'p99 < 1s'\n```" in section
    assert "engine native" in section
    assert "Left out" not in section


def test_an_entry_of_capacities_shows_the_curves(gallery: ModuleType, tmp_path: Path) -> None:
    """They have no phase; and one in which nothing is ranked has no picture, and its circumstances all the same."""
    folder = a_run_of_capacities(tmp_path, {"gunicorn": (90.0, 91.0, 90.5), "uvicorn": (60.0, 60.5, 60.2)})
    draw(folder, verdict_of(folder), run=folder.read())
    [entry] = (entry for entry in gallery.ENTRIES if entry.verb == "capacity")
    section = gallery.section_of(entry, ("wsgibench", "capacity"), folder, tmp_path)
    assert "<picture>" in section
    assert "rates from light load to more than each stack bears" in section
    bare = a_capacity_run(tmp_path / "bare", ["gunicorn"])
    assert "engine native" in gallery.section_of(entry, ("wsgibench", "capacity"), bare, tmp_path)


def test_one_entry_is_made_and_the_others_are_left(gallery: ModuleType) -> None:
    """In the order of the entries, whichever was made last."""
    page = gallery.with_section("", "hops", "## Hops\n\nOld.")
    page = gallery.with_section(page, "article", "## Article\n\nSeven.")
    page = gallery.with_section(page, "hops", "## Hops\n\nNew.")
    assert gallery.sections_in(page) == {"article": "## Article\n\nSeven.", "hops": "## Hops\n\nNew."}
    assert page.index("Seven.") < page.index("New.")


def test_the_page_is_one_that_the_script_makes(gallery: ModuleType) -> None:
    """Its head is the script's, and it shows no entry that the script does not know."""
    page = (DOCS / "gallery" / "README.md").read_text()
    assert page.startswith(gallery.HEAD)
    assert 0 < len(gallery.sections_in(page)) == page.count("\n## ")
    assert set(gallery.sections_in(page)) <= set(gallery.NAMES)


@pytest.mark.long
@pytest.mark.timeout(300)
def test_an_entry_is_made_of_a_run(tmp_path: Path) -> None:
    """The script runs the command that it shows."""
    short = ("--blocks", "1", "--duration", "600ms", "--warmup", "100ms", "--other-cpu", "100%")
    argv = (
        sys.executable,
        SCRIPT,
        "--only",
        "interfaces",
        "--out",
        tmp_path,
        "--runs",
        tmp_path / "runs",
        "--",
        *short,
    )
    done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=290)
    assert done.returncode == 0, done.stdout + done.stderr
    page = (tmp_path / "README.md").read_text()
    assert "wsgibench run gunicorn uvicorn granian granian-asgi --budget 3m --blocks 1" in page
