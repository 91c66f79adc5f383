"""The page as text; tests/browser looks at it."""

import html
import json
import re
import subprocess
import sys

import msgspec
import pytest

from support.small_run import BROKEN, PASSED, a_folder, add_trial, latencies, steady_latencies, turns
from wsgibench.analysis.verdict import verdict_of
from wsgibench.model.interpreter import Interpreter
from wsgibench.report.page import page_of
from wsgibench.report.page.assets import as_json
from wsgibench.runs import RunFolder

SAMPLES = [(second, 1.0, 2**33) for second in range(5)]
_WITHOUT_LIBRARIES = """
import sys
from pathlib import Path
sys.modules["altair"] = sys.modules["vl_convert"] = None
from wsgibench.analysis.verdict import verdict_of
from wsgibench.report.page import page_of
from wsgibench.runs import RunFolder
folder = RunFolder.open(Path(sys.argv[1]))
print(page_of(folder, verdict_of(folder)))
"""


def page(folder):
    return page_of(folder, verdict_of(folder))


def data(text, name):
    found = re.search(rf'<script type="application/json" id="{name}">(.*?)</script>', text, re.DOTALL)
    return json.loads(found[1])


@pytest.fixture
def folder(tmp_path):
    """Two stacks, two blocks, one trial that does not count."""
    made = a_folder(tmp_path, ["gunicorn", "nginx+uwsgi"], blocks=2)
    for number, (stack, block) in enumerate((one, two) for two in (1, 2) for one in ("gunicorn", "nginx+uwsgi")):
        gates = (BROKEN if number == 3 else PASSED,)
        recordings = {"steady": steady_latencies(4 + number, 4, per_second=300)}
        add_trial(made, number + 1, stack, recordings, block=block, gates=gates, samples=SAMPLES)
    return made


def nothing(folder):
    """No trial has ended."""


def all_failed(folder):
    """No trial has figures."""
    add_trial(folder, 1, "gunicorn", {}, status="failed", error="It did not start.")


def no_answer(folder):
    """A recording without anything in it, and no samples."""
    add_trial(folder, 1, "gunicorn", {"steady": latencies()}, duration_s=4.0)


def damaged(folder):
    """A recording and samples that are no longer readable, of a trial that does not count."""
    trial = add_trial(folder, 1, "gunicorn", {"steady": steady_latencies(4, 4)}, samples=SAMPLES, gates=(BROKEN,))
    (folder.trial(trial).path / "steady.npz").write_bytes(b"PK")
    folder.trial(trial).monitor.write_bytes(b'{"header": 0V, "samples": [{"a')


@pytest.mark.parametrize("make", [nothing, all_failed, no_answer, damaged])
def test_whatever_is_missing_there_is_a_page(tmp_path, make):
    """It says what is missing, and draws nothing that was not measured."""
    made = a_folder(tmp_path, ["gunicorn", "nginx+uwsgi"])
    make(made)
    text = page(made)
    assert "<h1" in text
    assert "What it does not show" in text
    assert data(text, "files-data").keys() == {"results.csv", "verdict.json", "run.json"}


def test_a_trial_that_does_not_count_is_told_with_its_gate(folder):
    """Which, why, and that its block is in brackets in every table."""
    text = html.unescape(page(folder))
    assert "3 of 4 trials count" in text
    assert "0004-nginx+uwsgi" in text
    assert BROKEN.cause in text
    assert re.search(r"<td>\(7(\.\d+)?\)</td>", text)


def test_charts_hold_every_block(folder):
    """Lines of each trial, of each stack as a whole, and when the blocks were."""
    found = data(page(folder), "charts-data")
    chart = next(each for each in found["charts"] if each["name"] == "steady-median-response-time")
    lines = chart["panels"][0]
    assert [each["block"] for each in found["run"]["blocks"]] == [1, 2]
    assert sorted(line[2] or 0 for line in lines) == [0, 0, 1, 1, 2, 2]
    assert {line[1] for line in lines} == {"trial", "result", "uncounted"}
    assert chart["spec"]["vconcat"]


def test_percentiles_are_those_of_the_merged_record(folder):
    """Half of the requests took 4 ms, the other half 6 ms; the trial that does not count is left out."""
    text = page(folder)
    table = text[text.index('id="steady-percentiles"') :]
    row = re.search(r'<th scope="row">gunicorn</th>(.*?)</tr>', table)[1]
    values = [float(value) for value in re.findall(r"<td>([\d.]+)</td>", row)]
    assert values[0] == pytest.approx(4, rel=0.001)
    assert values[1:5] == pytest.approx([6] * 4, rel=0.001)


def test_turns_are_said_and_phases_are_apart(tmp_path):
    """Two loads have two tables, two charts of percentiles, and a choice."""
    made = a_folder(tmp_path, ["gunicorn"], phases=("steady", "saturated"), turn_s=0.2)
    recordings = {phase: steady_latencies(4, 8) for phase in ("steady", "saturated")}
    its = turns("steady", 8, every_s=1.0) + turns("saturated", 8, every_s=1.0)
    add_trial(made, 1, "gunicorn", recordings, duration_s=1.6, turns=its, samples=SAMPLES)
    text = page(made)
    assert "took turns" in text
    assert text.count('name="phase"') == 2
    for name in ("table-steady", "table-saturated", "steady-percentiles", "saturated-percentiles"):
        assert f'id="{name}"' in text
    ids = re.findall(r'\bid="([^"]+)"', text)
    assert len(ids) == len(set(ids))


def test_the_interpreter_and_all_its_packages_are_shown(folder):
    """The packages in a part that unfolds; nothing of it for a run that did not keep them."""
    assert "packages of the app" not in html.unescape(page(folder))
    interpreter = Interpreter(
        path="/srv/.venv/bin/python",
        version="3.13.1t",
        implementation="CPython",
        packages={"gunicorn": "23.0.0", "<b>": "1"},
    )
    folder.write_run(msgspec.structs.replace(folder.read_run(), interpreter=interpreter))
    text = page(folder)
    assert "<dt>Python</dt><dd>CPython 3.13.1t, /srv/.venv/bin/python; wsgibench ran by 3.11.2</dd>" in text
    assert "<summary>2 packages of the app's environment</summary>" in text
    assert "<dt>gunicorn</dt><dd>23.0.0</dd>" in text
    assert "<dt>&lt;b&gt;</dt>" in text


def test_secrets_stay_in_the_folder(folder):
    """Neither files, nor commands, nor configuration, nor errors carry them into the page."""
    run = folder.read_run()
    target = "shop:create_app('postgres://u:hunter3@h/db')"
    app = msgspec.structs.replace(run.plan.app, target=target, env=(("SECRET_KEY", "hunter2-hunter2"),))
    command = ("wsgibench", "run", "--env", "SECRET_KEY=hunter2-hunter2")
    folder.write_run(msgspec.structs.replace(run, command=command, plan=msgspec.structs.replace(run.plan, app=app)))
    config = folder.trial(folder.read().trials[0]).config
    (config / "uwsgi.ini").write_text("env = SECRET_KEY=hunter2-hunter2\n")
    add_trial(folder, 9, "gunicorn", {}, status="failed", error="KeyError: 'hunter2-hunter2'")
    text = page(folder)
    assert "hunter2" not in text
    assert "hunter3" not in text
    assert "shop:create_app" in text
    assert "SECRET_KEY" in text
    assert "uwsgi.ini" in text


def test_without_the_libraries_there_are_words_and_tables(folder):
    """And which is missing; the page is small then."""
    argv = [sys.executable, "-c", _WITHOUT_LIBRARIES, str(folder.path)]
    text = subprocess.run(argv, capture_output=True, text=True, check=True, timeout=60).stdout
    assert "which is not installed" in text
    assert "wsgibench[pictures]" in html.unescape(text)
    assert "Response time by percentile" in text
    assert data(text, "charts-data")["charts"] == []
    assert len(text) < 200_000


def test_a_live_page_may_ask_its_server_and_no_other_page_may_ask_anybody(folder):
    """The policy tells."""
    verdict = verdict_of(folder)
    assert "connect-src &#39;self&#39;" in page_of(folder, verdict, live=True)
    assert "connect-src" not in page_of(folder, verdict)


def test_json_in_a_script_element_cannot_end_it():
    """Nor begin a comment, nor be read as anything but what it was."""
    value = {"</script><!--<script>": ["\u2028\u2029&amp;", 1.5, None]}
    text = as_json(value)
    assert not set("<>&\u2028\u2029") & set(text)
    assert json.loads(text) == value


def test_many_blocks_stay_small(tmp_path):
    """Two hundred blocks of two stacks: under 2 MB."""
    made = a_folder(tmp_path, ["gunicorn", "waitress"], blocks=200)
    recording = {"steady": steady_latencies(4, 3)}
    for number in range(400):
        add_trial(made, number + 1, ("gunicorn", "waitress")[number % 2], recording, block=number // 2 + 1)
    assert len(page(RunFolder.open(made.path)).encode()) < 2_000_000
