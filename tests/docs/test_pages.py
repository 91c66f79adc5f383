"""What the pages say about the project is so: links, options, paths, and what is generated."""

import re
import subprocess
import sys
from pathlib import Path
from pkgutil import resolve_name

import click
import pytest

from quoteserver.cli import quoteserver
from support.pages import DOCS, PAGES, ROOT, name_of, prose_of
from wsgibench.cli.main import wsgibench_command
from wsgibench.cli.option_table import OPTIONS

of_each_page = pytest.mark.parametrize("page", PAGES, ids=name_of)

NOT_OURS = {
    "--binary": "Git's",
    "--adapter": "Bencher's, and the contract's",
    "--cap-add": "Docker's",
    "--deselect": "pytest's",
    "--pyargs": "pytest's",
    "--listen": "a made-up server's",
    "--editable": "pip's",
    "--file": "Bencher's",
    "--http": "uWSGI's",
    "--no-web": "Locust's, of 2020",
    "--only": "benchmarks/calibration.py's and benchmarks/gallery.py's",
    "--processes": "uWSGI's, and benchmarks/calibration.py's",
    "--run-time": "Locust's",
    "--sampling-interval": "cmonitor's",
    "--socket": "uWSGI's",
    "--noise": "benchmarks/turns.py's",
}
"""Options in the pages that belong to other programs."""


def test_the_generated_parts_are_up_to_date() -> None:
    """They say what the code says now; ``make docs`` makes them anew."""
    done = subprocess.run(
        (sys.executable, DOCS / "generate.py", "--check"), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def anchors_of(page: Path) -> set[str]:
    """As GitHub makes them of headings."""
    headings = re.findall(r"^#+ (.*)$", prose_of(page), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@of_each_page
def test_every_link_leads_somewhere(page: Path) -> None:
    """Relative links and pictures lead to files of the project, anchors to headings."""
    text = prose_of(page)
    for link in re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'(?:src|srcset|href)="([^"]+)"', text):
        target, _, anchor = link.partition("#")
        if "://" in target:
            continue
        there = (page.parent / target).resolve() if target else page
        assert there.exists(), link
        assert not anchor or anchor in anchors_of(there), link


def test_every_page_is_in_the_index() -> None:
    """docs/README.md names all others."""
    linked = {(DOCS / link).resolve() for link in re.findall(r"\]\(([^)#]+)", (DOCS / "README.md").read_text())}
    assert {page for page in PAGES if page.parent != ROOT} - {DOCS / "README.md"} <= linked


@pytest.mark.parametrize("page", PAGES[1:], ids=name_of)
def test_every_block_says_what_it_holds(page: Path) -> None:
    """Or commands could not be told from their output."""
    fences = re.findall(r"^```(\w*)$", page.read_text(), re.MULTILINE)
    assert all(fences[::2]), fences


def options_of(command: click.Command) -> set[str]:
    return {name for parameter in command.params for name in parameter.opts} | {"--help"}


def commands_of(group: click.Group) -> dict[str, click.Command]:
    context = click.Context(group)
    found = {name: group.get_command(context, name) for name in group.list_commands(context)}
    return {name: command for name, command in found.items() if command}


VERBS = {
    f"{program} {name}": options_of(command)
    for program, group in (("wsgibench", wsgibench_command), ("quoteserver", quoteserver))
    for name, command in commands_of(group).items()
}
OURS = set.union({option.flag for option in OPTIONS.values()}, {"--version"}, *VERBS.values())


def options_in(text: str) -> set[str]:
    return set(re.findall(r"(?<![\w-])--[a-z][a-z-]*[a-z]", text))


@of_each_page
def test_every_option_exists(page: Path) -> None:
    assert not options_in(page.read_text()) - OURS - set(NOT_OURS)


def test_options_of_others_are_still_named() -> None:
    assert set(NOT_OURS) <= set.union(*(options_in(page.read_text()) for page in PAGES))


@of_each_page
def test_every_verb_takes_the_options_it_is_shown_with(page: Path) -> None:
    """In prose and tables; what stands in blocks is run."""
    for command in re.findall(r"`((?:wsgibench|quoteserver) [^`]+)`", prose_of(page)):
        verb = " ".join(command.split()[:2])
        assert verb in VERBS, command
        assert options_in(command) <= VERBS[verb], command


@of_each_page
def test_every_path_exists(page: Path) -> None:
    """Paths of the project, and its modules and what is in them."""
    text = page.read_text()
    for path in re.findall(r"\b(?:src|benchmarks|tests|docs)/[\w./*-]*\w", text):
        assert list(ROOT.glob(path)), path
    for name in re.findall(r"`((?:wsgibench|quoteserver)\.[\w.]+)`", text):
        if not name.endswith((".toml", ".json")):
            assert resolve_name(name)
