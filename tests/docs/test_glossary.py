"""One word for each thing: those of the glossary, in code, docs and output."""

import re
from pathlib import Path

import pytest

from wsgibench.engines import ENGINES
from wsgibench.model.objective import OBJECTIVES
from wsgibench.monitors import MONITORS

ROOT = Path(__file__).parent.parent.parent
GLOSSARY = ROOT / "docs" / "reference" / "glossary.md"
LINES = re.findall(r"^\| (?!word )([a-z ]+) \| (.+) \|$", GLOSSARY.read_text(), re.MULTILINE)
WORDS = dict(LINES)

SAID_OTHERWISE = {
    "run options": r"\bwishes\b",
    "run context": r"workshop",
    "running stack": r"contenders?",
    "outcome, check": r"\bfindings\b",
    "user pool": r"\b(crews?|RunnerWithPlaces)\b",
    "latest snapshot": r"newsstand",
    "viewer limit": r"\bseats?\b",
    "pictures": r"\balbums?\b",
    "paired blocks": r"\bcouples?\b",
    "noise": r"\bweather\b",
    "start": r"\bbring(s|ing)?_up\b",
    "stop": r"\bput(s|ting)?[ _](\w+ )?away\b",
}
"""Words that the same things had before, by what they are called."""


def test_every_word_is_explained_once() -> None:
    """In one line; two would differ some day."""
    assert LINES
    assert len(LINES) == len(WORDS)


@pytest.mark.parametrize(("word", "names"), [("engine", ENGINES.names()), ("monitor", MONITORS.names())])
def test_what_there_is_of_a_kind_is_named(word: str, names: tuple[str, ...]) -> None:
    """So that a reader finds the word from what the command line takes."""
    assert all(f"`{name}`" in WORDS[word] for name in names)


@pytest.mark.parametrize("group", ["capacity", "CPU", "memory", "throughput"])
def test_objectives_are_those_of_the_command_line(group: str) -> None:
    """Each group that the glossary names can be asked for."""
    assert group in WORDS["objective"]
    assert group.lower() in OBJECTIVES


@pytest.mark.parametrize("word", SAID_OTHERWISE)
def test_nothing_goes_by_a_private_word(word: str) -> None:
    """Neither a name in the code nor a sentence that a user reads."""
    private = re.compile(SAID_OTHERWISE[word], re.IGNORECASE)
    code = [path for part in ("src", "tests", "benchmarks") for path in (ROOT / part).rglob("*.py")]
    texts = [*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md")]
    assert [str(path) for path in {*code, *texts} - {Path(__file__)} if private.search(path.read_text())] == []
