"""What the pages say of their pictures is so."""

import importlib
from types import ModuleType

import pytest

from support.pages import DOCS, ROOT, name_of


@pytest.fixture
def article_design(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script that draws the picture of the article's design."""
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    return importlib.import_module("article_design")


def test_the_article_names_the_wrong_stack_and_blocks_do_not(article_design: ModuleType) -> None:
    """Four of six stacks look better than A in the article's design; by blocks all lie below A, and hold the truth."""
    rows = list(article_design.against_a(1))
    once = [row["share"] for row in rows if row["design"] == article_design.ARTICLE]
    assert sum(share > 100 for share in once) == 4
    blocks = [row for row in rows if row["design"] == article_design.OURS]
    assert len(blocks) == 6
    assert all(row["low"] < 100 / 1.05 < row["high"] < 100 for row in blocks)


def test_every_picture_is_light_and_dark_and_shown() -> None:
    """A page shows each picture in both; each is small."""
    pages = "".join(page.read_text() for page in DOCS.rglob("*.md")) + (ROOT / "README.md").read_text()
    for path in (DOCS / "images").glob("*.svg"):
        assert path.name in pages, name_of(path)
        other = path.name.replace("light", "dark") if "light" in path.name else path.name.replace("dark", "light")
        assert (path.parent / other).exists()
        assert path.stat().st_size < 200_000
