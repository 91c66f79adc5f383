"""Several runs on one page, as text; tests/browser looks at it."""

import html
import json
import re

import msgspec
import pytest

from support.compared import a_compared_run
from support.made_up_runs import made_up
from support.records import CREATED_S
from wsgibench.analysis.comparison import compare_runs
from wsgibench.analysis.verdict import verdict_of
from wsgibench.report.page import side_by_side

BEFORE = {"gunicorn": [1000, 1010, 990, 1005], "waitress": [700, 702, 695, 704]}
AFTER = {"gunicorn": [1100, 1112, 1089, 1105], "waitress": [701, 702, 696, 704]}
EVIL = "</script><script>alert(1)</script>{{ 7 * 7 }}"


def page(*folders, **chosen):
    return side_by_side(folders, compare_runs(folders, **{"margin": 0.05, **chosen}))


def charts(text):
    found = re.search(r'<script type="application/json" id="charts-data">(.*?)</script>', text, re.DOTALL)
    return {chart["name"]: chart for chart in json.loads(found[1])["charts"]}


def words(text):
    """What is read: without scripts, styles, tags."""
    shown = re.sub(r"<(script|style).*?</\1>", "", text, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", shown)).split())


@pytest.fixture
def upgraded(tmp_path):
    """A run, and one with another gunicorn, which is 10 % better."""
    before = a_compared_run(tmp_path / "before", BEFORE)
    after = a_compared_run(
        tmp_path / "after", AFTER, start_s=CREATED_S + 3600, versions={"gunicorn": "23.0.0"}, workers=6
    )
    return before, after


def test_it_says_what_the_runs_are_and_what_became_of_each_stack(upgraded):
    """Folders, workers, verdicts; figures before and after with their change; what changed in circumstances."""
    read = words(page(*upgraded, objectives=("throughput",)))
    for heading_of, folder in enumerate(upgraded, start=1):
        assert f"{heading_of}: {folder.path}" in read
    assert "4 blocks, 8 of 8 trials count" in read
    assert "gunicorn is best: 1,100 requests/s" in read
    assert re.search(r"gunicorn 1,000/s 1,100/s \+10 % \[.*?\] .*?better", read)
    assert "Better: gunicorn." in read
    assert "gunicorn 22.0.0 -> 23.0.0" in read
    assert "workers 2 -> 6" in read


def test_a_damaged_trial_is_told_and_the_page_is_made(upgraded):
    """As of a single run: what is left is shown."""
    (upgraded[1].path / "trials" / "0003-gunicorn" / "trial.json").write_text("{")
    read = words(page(*upgraded, objectives=("throughput",)))
    assert "0003-gunicorn/trial.json' is damaged" in read
    assert "gunicorn 22.0.0 -> 23.0.0" in read


def test_every_run_has_a_dot_for_each_stack_that_it_ranks(tmp_path):
    """Stacks of one run alone have their row; a run that does not rank a stack says so, and has no dot there."""
    broken = [("waitress", block) for block in (1, 2, 3, 4)]
    first = made_up(tmp_path / "a", {"gunicorn": 1000, "waitress": 700, "nginx+uwsgi:w6": 900}, blocks=4)
    second = made_up(
        tmp_path / "b", {"gunicorn": 1200, "waitress": 700, "nginx+uwsgi:w60": 500}, blocks=4, broken=broken
    )
    chart = charts(page(first, second, objectives=("throughput",)))["runs-throughput"]
    dots = {(dot["stack"], dot["run"]) for dot in chart["spec"]["data"]["values"]}
    assert dots == {("gunicorn", 0), ("waitress", 0), ("nginx+uwsgi:w6", 0), ("gunicorn", 1), ("nginx+uwsgi:w60", 1)}
    told = {row["stack"]: [figure.split()[0] for _, figure in row["tips"]] for row in chart["rows"]}
    assert told["waitress"][1] == "not"
    assert told["nginx+uwsgi:w6"][1] == "-"
    assert told["nginx+uwsgi:w60"][0] == "-"


def test_dots_are_told_apart_without_colour(upgraded):
    """By shape and by place; and figures are those of the run's own ranking."""
    chart = charts(page(*upgraded, objectives=("throughput", "cpu")))["runs-throughput"]
    dots = chart["spec"]["layer"][1]["encoding"]
    assert len(set(dots["shape"]["scale"]["range"])) == 2
    assert dots["yOffset"]["field"] == "run"
    values = {(dot["stack"], dot["run"]): dot["value"] for dot in chart["spec"]["data"]["values"]}
    for run, folder in enumerate(upgraded):
        (ranking,) = (each for each in verdict_of(folder).rankings if each.objective == "throughput")
        for standing in ranking.standings:
            assert values[standing.stack, run] == pytest.approx(standing.value)


def test_what_was_overridden_comes_first(tmp_path):
    """A warning above every figure."""
    before = a_compared_run(tmp_path / "before", BEFORE)
    after = a_compared_run(tmp_path / "after", AFTER, start_s=CREATED_S + 3600, plan={"engine": "locust"})
    read = words(page(before, after, anyway=True))
    assert read.index("Compared anyway") < read.index("1,000/s")


def test_three_runs_are_each_held_against_the_first(tmp_path):
    """A table for each of the two others, one chart for all three."""
    folders = [
        a_compared_run(tmp_path / name, BEFORE, start_s=CREATED_S + 3600 * heading_of)
        for heading_of, name in enumerate("abc")
    ]
    text = page(*folders, objectives=("throughput",))
    assert len(charts(text)["runs-throughput"]["rows"][0]["tips"]) == 3
    assert text.count('<table class="changes">') == 2
    ids = re.findall(r'\bid="([^"]+)"', text)
    assert len(ids) == len(set(ids))


def test_hostile_names_are_shown_as_text(tmp_path):
    """Of folders, machines, versions: no element comes of them, and they are read as they are."""
    folders = [
        a_compared_run(
            tmp_path / name / "<b onclick=alert(1)>{{ 7 * 7 }}",
            BEFORE,
            start_s=CREATED_S + 3600 * heading_of,
            machine={"cpu": f"{EVIL}{name}"},
            versions={"gunicorn": f"{EVIL}{name}"},
        )
        for heading_of, name in enumerate("ab")
    ]
    text = page(*folders)
    assert "<b onclick" not in text
    assert "<script>alert" not in text
    read = words(text)
    assert read.count(f"{EVIL}a") >= 2
    assert "{{ 7 * 7 }}" in read


def test_secrets_stay_in_the_folders(tmp_path):
    """Values of the app's environment are in no part of the page."""
    folders = [a_compared_run(tmp_path / name, BEFORE, start_s=CREATED_S + at) for at, name in ((0, "a"), (3600, "b"))]
    for folder in folders:
        run = folder.read_run()
        app = msgspec.structs.replace(run.plan.app, env=(("SECRET_KEY", f"hunter2-{folder.path.parent.name}"),))
        folder.write_run(msgspec.structs.replace(run, plan=msgspec.structs.replace(run.plan, app=app)))
    text = page(*folders)
    assert "hunter2" not in text
    assert "SECRET_KEY" in text
