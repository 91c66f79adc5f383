"""What is seen before anybody scrolls, on a laptop and on a phone; and that nothing has to be scrolled sideways."""

import pytest

from support.made_up_runs import made_up
from wsgibench.analysis.verdict import verdict_of
from wsgibench.model.stack import ARTICLE_STACKS
from wsgibench.model.verdict import Stop
from wsgibench.report.page import page_of

SCREENS = [(1280, 800), (360, 740)]
LONG = [
    f"nginx+{server}:w{workers}:t4:unix"
    for server in ("uwsgi-http", "gunicorn", "granian")
    for workers in range(60, 64)
]
RUNS = {
    "article": {
        "requests_per_s": dict(zip(ARTICLE_STACKS, (2860, 5010, 1850, 1900, 4220, 4550, 1720), strict=True)),
        "store": "sqlite, 8,558 documents, 8,558 distinct texts",
    },
    "undecided": {"requests_per_s": dict.fromkeys(ARTICLE_STACKS, 3000), "noise": 0.2, "blocks": 4},
    "long": {"requests_per_s": {stack: 2000 + 150 * place for place, stack in enumerate(LONG)}},
    "one": {"requests_per_s": {"gunicorn": 3000}, "blocks": 3},
    "one-failed": {
        "requests_per_s": {"gunicorn": 3000, "waitress": 2000, "granian": 6500},
        "broken": [("waitress", block) for block in range(1, 7)],
    },
    "nothing": {
        "requests_per_s": {"gunicorn": 3000, "waitress": 2000},
        "blocks": 3,
        "crashed": [("gunicorn", block) for block in (1, 2, 3)],
        "broken": [("waitress", block) for block in (1, 2, 3)],
    },
}
BOXES = (
    "return Object.fromEntries(arguments[0].flatMap((selector) =>"
    "  [...document.querySelectorAll(selector)].map((each, place) =>"
    "    [`${selector} ${place}`, each.getBoundingClientRect().toJSON()])))"
)


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """A page of each run."""
    out = tmp_path_factory.mktemp("first")
    for name, run in RUNS.items():
        folder = made_up(out / name, stop=Stop.BLOCKS, **run)
        (out / f"{name}.html").write_text(page_of(folder, verdict_of(folder)), encoding="utf-8")
    return out


def boxes(browser, *selectors):
    return browser.run(BOXES, selectors)


@pytest.mark.parametrize("name", RUNS)
@pytest.mark.parametrize(("width", "height"), SCREENS)
def test_the_first_screen_answers(browser, pages, name, width, height):
    """The answer, the picture with its axis (where nothing counts: why), and three sentences, whole."""
    browser.open(pages / f"{name}.html", width=width, height=height)
    picture = ".nothing" if name == "nothing" else "#lead svg"
    browser.until("return document.querySelector(arguments[0])", picture)
    seen = boxes(browser, "h1", picture, ".three dd")
    assert len(seen) == 5
    below = browser.run("return document.querySelector('.bar').getBoundingClientRect().bottom")
    for what, box in seen.items():
        assert below <= box["top"] < box["bottom"] <= height, what
        assert 0 <= box["left"] < box["right"] <= width, what
        assert box["height"] > 10, what


def test_the_answer_takes_one_line_on_a_laptop(browser, pages):
    """With names as long as the article's."""
    browser.open(pages / "article.html", width=1280, height=800)
    box = boxes(browser, "h1")["h1 0"]
    line = browser.run("return parseFloat(getComputedStyle(document.querySelector('h1')).lineHeight)")
    assert box["height"] < 1.5 * line


@pytest.mark.parametrize(("width", "height"), SCREENS)
@pytest.mark.parametrize("name", ["article", "long", "one"])
def test_the_picture_has_each_stack_by_name_and_figure(browser, pages, name, width, height):
    """Whole, and nowhere on top of one another."""
    browser.open(pages / f"{name}.html", width=width, height=height)
    browser.see("#lead")
    texts = browser.run(
        "return [...document.querySelectorAll('#lead svg text')].filter((each) => each.textContent)"
        ".map((each) => [each.textContent, each.getBoundingClientRect().toJSON()])"
    )
    words = [text for text, _ in texts]
    for stack in RUNS[name]["requests_per_s"]:
        assert stack in words
    assert len([text for text in words if text.endswith("/s")]) >= len(RUNS[name]["requests_per_s"])
    for place, (text, box) in enumerate(texts):
        for other, its in texts[:place]:
            across = min(box["right"], its["right"]) - max(box["left"], its["left"])
            down = min(box["bottom"], its["bottom"]) - max(box["top"], its["top"])
            assert across < 1 or down < 4, (text, other)


def test_where_nothing_counts_it_is_said_why(browser, pages):
    """The gates that failed, in how many trials of what, and what was seen."""
    browser.open(pages / "nothing.html")
    text = browser.run("return document.querySelector('#verdict').innerText")
    assert "None of 6 trials counts" in text
    assert "errors 3 trials of waitress" in " ".join(text.split())
    assert "Half failed." in text
    assert "It ended." in text


def test_the_rest_is_folded(browser, pages):
    """Below it stand who wins on what, and a head for each other part."""
    browser.open(pages / "article.html", width=1280, height=800)
    assert browser.run("return document.querySelectorAll('details[open]').length") == 0
    assert browser.run("return document.documentElement.scrollHeight") < 2.2 * 800
    rows = browser.run("return [...document.querySelectorAll('.winners tbody th')].map((each) => each.textContent)")
    assert [row.split(",")[0] for row in rows] == [
        "requests/s",
        "median response time",
        "p99 of response times",
        "CPU time for 1",
        "memory (PSS)",
    ]


@pytest.mark.parametrize("name", RUNS)
def test_no_table_scrolls_sideways_on_a_laptop(browser, pages, name):
    """Nor does the page, be it a laptop's or a phone's, whatever is opened."""
    for width, height in SCREENS:
        browser.open(pages / f"{name}.html", width=width, height=height)
        browser.draw_all()
        browser.run("document.querySelectorAll('details').forEach((each) => { each.open = true })")
        assert browser.run("return document.documentElement.scrollWidth") <= width
        scrolling = browser.run(
            "return [...document.querySelectorAll('.scroll, .winners')]"
            ".filter((each) => each.scrollWidth > each.clientWidth).map((each) => each.ariaLabel ?? each.className)"
        )
        assert width < 1280 or scrolling == []


@pytest.mark.parametrize("name", ["long", "nothing"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious(browser, pages, name, theme):
    """Folded and unfolded, on a laptop and on a phone."""
    for width, height in SCREENS:
        browser.open(pages / f"{name}.html", width=width, height=height)
        browser.cdp("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": theme}]})
        assert browser.faults() == []
        browser.unfold()
        assert browser.faults() == []


def test_over_time_no_line_joins_two_blocks(browser, pages):
    """A figure a block is a dot; what lies between two blocks was never measured."""
    browser.open(pages / "article.html")
    browser.see("#steady-median-response-time")
    lengths = browser.run(
        "return [...document.querySelectorAll('#steady-median-response-time .mark-line path')]"
        ".filter((each) => each.getAttribute('d')).map((each) => each.getTotalLength())"
    )
    assert max(lengths, default=0) < 2
    dots = browser.run(
        "return document.querySelectorAll('#steady-median-response-time .mark-symbol.role-mark path').length"
    )
    assert dots >= 6 * len(ARTICLE_STACKS)
