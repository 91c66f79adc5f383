"""The documentation as tests read it."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = (ROOT / "README.md", *sorted(DOCS.rglob("*.md")))

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block: what it says it holds (``sh``, ``console``, ``text``, ...; empty where it does not), its text."""

    language: str
    text: str


def name_of(page: Path) -> str:
    """``docs/howto/ci.md``."""
    return str(page.relative_to(ROOT))


def blocks_of(page: Path) -> list[Block]:
    """The fenced blocks of a page, in order."""
    return [Block(*found) for found in _FENCE.findall(page.read_text())]


def prose_of(page: Path) -> str:
    """The page without its fenced blocks."""
    return _FENCE.sub("", page.read_text())


def cells_of(page: Path, heading: str = "") -> list[list[str]]:
    """Rows of the tables under a heading (of the whole page without one), as cells; no heads, no rules."""
    text = page.read_text()
    if heading:
        text = re.split(r"^#+ ", text.partition(f"{heading}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]
    lines = text.splitlines()
    rules = {place for place, line in enumerate(lines) if re.fullmatch(r"\|[\s|-]+\|", line)}
    skipped = rules | {place - 1 for place in rules}
    return [
        [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        for place, line in enumerate(lines)
        if line.startswith("|") and place not in skipped
    ]
