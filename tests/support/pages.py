"""The documentation as tests read it."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = (ROOT / "README.md", ROOT / "SECURITY.md", *sorted(DOCS.rglob("*.md")))

_FENCE = r"^```(?P<language>\w*)\n(?P<block>.*?)^```$"
_COMMAND = {"sh": r"([^#].*)", "console": r"\$ (.*)", "yaml": r"\s*(?:- )?run: (.*)"}
"""By language of a block: a line that holds a command."""

_OURS = ("wsgibench ", "quoteserver ", "make ")


def name_of(page: Path) -> str:
    """``docs/howto/ci.md``."""
    return str(page.relative_to(ROOT))


def blocks_of(page: Path) -> list[tuple[str, str]]:
    """The fenced blocks of a page, in order: the language that each is in, and its text.

    One that does not say its language is in ``sh`` where it begins with a command of ours, else in ``text``.
    """
    found = re.findall(_FENCE, page.read_text(), re.DOTALL | re.MULTILINE)
    return [(language or ("sh" if text.startswith(_OURS) else "text"), text) for language, text in found]


def prose_of(page: Path) -> str:
    """The page without its fenced blocks."""
    return re.sub(_FENCE, "", page.read_text(), flags=re.DOTALL | re.MULTILINE)


def commands_of(page: Path) -> list[str]:
    """The shell commands that a page shows, in order, without comments; a trailing backslash joins lines.

    They stand in blocks; or as code in tables, where that begins with one of our programs.
    """
    lines = [(language, line) for language, text in blocks_of(page) for line in text.replace("\\\n", " ").splitlines()]
    found = [match[1] for language, line in lines if (match := re.fullmatch(_COMMAND.get(language, r"(?!)"), line))]
    found += re.findall(r"`((?:wsgibench|quoteserver) [^`]+)`", " ".join(map(" ".join, cells_of(page))))
    return [" ".join(re.sub(r"\s+# .*", "", command).split()) for command in found]


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
