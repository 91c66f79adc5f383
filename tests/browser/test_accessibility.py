"""axe-core finds nothing serious, in both themes, narrow and wide, before and after things are opened."""

import pytest


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing_serious(browser, page, theme, width):
    """Contrast, names, roles, headings, landmarks, regions that scroll."""
    browser.open(page, width=width)
    browser.cdp("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": theme}]})
    for chart in ("lead", "ranking-mean", "steady-percentiles", "steady-requests", "steady-memory"):
        browser.see(f"#{chart}")
    browser.run("document.querySelectorAll('details').forEach((each) => { each.open = true })")
    browser.run("document.querySelector('#histories [data-stack=waitress]').click()")
    assert browser.faults() == []


def test_every_chart_has_words_and_a_table(browser, page):
    """What it shows is told, and its figures can be read."""
    browser.open(page)
    without = browser.run(
        "return [...document.querySelectorAll('figure.chart')].filter((each) =>"
        "  !(each.querySelector('.plot')?.ariaLabel ?? '').match(/\\d/)"
        "  || !(each.querySelector('table') || each.parentElement.querySelector('table')"
        "    || each.id === 'lead' && document.querySelector('#ranking .ranks')))"
        ".map((each) => each.id)"
    )
    assert without == []
