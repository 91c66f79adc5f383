"""Whatever a run holds is shown as text."""

import msgspec
import pytest

from support.small_run import BROKEN, a_folder, add_trial, steady_latencies
from wsgibench.analysis.verdict import verdict_of
from wsgibench.report.page import page_of

EVIL = "</script><script>alert(1)</script><!--<script>"
QUOTED = "\"'><img src=x onerror=alert(1)>{{ 7 * 7 }} \u2028"


@pytest.fixture(scope="module")
def evil_page(tmp_path_factory):
    """A run with such an app, data, versions, machine, command, log lines and configuration.

    A folder whose app has such a name is refused when it is read; so the verdict alone bears it.
    """
    folder = a_folder(tmp_path_factory.mktemp("evil"), ["gunicorn", "waitress"], blocks=1, store=EVIL)
    gate = msgspec.structs.replace(BROKEN, cause=f"It said {EVIL}.", advice=QUOTED)
    add_trial(folder, 1, "gunicorn", {"steady": steady_latencies(4, 4)})
    add_trial(folder, 2, "waitress", {"steady": steady_latencies(5, 4)}, gates=(gate,))
    add_trial(folder, 3, "waitress", {}, status="failed", error=f"The last lines:\n{EVIL}\n{QUOTED}", block=2)
    (folder.path / "trials" / "0001-gunicorn" / "config" / "gunicorn.conf.py").write_text(f"name = {EVIL!r}\n{QUOTED}")
    run = folder.read_run()
    machine = msgspec.structs.replace(run.machine, cpu=EVIL, system=QUOTED)
    changed = msgspec.structs.replace(
        run,
        machine=machine,
        versions={"wsgibench": "0.1.0", EVIL: QUOTED},
        command=("wsgibench", "run", EVIL, QUOTED),
    )
    folder.write_run(changed)
    verdict = verdict_of(folder)
    found = msgspec.structs.replace(verdict.circumstances, app=EVIL, cpu=EVIL, store=None)
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(page_of(folder, msgspec.structs.replace(verdict, folder=EVIL, circumstances=found)))
    return path


def test_it_shows_just_that_text(browser, evil_page):
    """No dialogue, no element, no complaint; the words are there as they were written."""
    browser.open(evil_page)
    for chart in ("lead", "steady-percentiles", "steady-requests"):
        browser.see(f"#{chart}")
    assert browser.messages() == []
    assert browser.run("return document.images.length") == 0
    holding = (
        "return [...document.scripts].filter((each) => each.textContent.includes('alert(1)')).map((each) => each.type)"
    )
    assert set(browser.run(holding)) == {"application/json"}
    browser.run("document.querySelectorAll('details').forEach((each) => { each.open = true })")
    text = browser.run("return document.body.innerText")
    assert text.count(EVIL) >= 5
    assert "{{ 7 * 7 }}" in text
    assert browser.run("return document.querySelectorAll('main > section').length") == 11
