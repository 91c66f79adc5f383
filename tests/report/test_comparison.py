"""Comparisons in words, over made-up runs whose answer is known."""

import os
import re
from pathlib import Path

import msgspec
import pytest

from support.compared import BLOCK_S, a_compared_run
from support.records import CREATED_S
from wsgibench.analysis.comparison import compare_runs
from wsgibench.model.load import Connections
from wsgibench.model.plan import Phase
from wsgibench.model.verdict import Unranked
from wsgibench.report.comparison_words import document, markdown

SNAPSHOTS = Path(__file__).parent.parent / "snapshots"
ALIKE = {"gunicorn": [1000, 1010, 990, 1005], "waitress": [700, 702, 695, 704], "nginx+uwsgi": [900, 905, 893, 903]}
LATER_S = CREATED_S + 3600


def faster(factor, *stacks, of=ALIKE):
    return {
        stack: [rate * factor if stack in stacks or not stacks else rate for rate in rates]
        for stack, rates in of.items()
    }


def only(*stacks, of=ALIKE):
    return {stack: of[stack] for stack in stacks}


def noisy(*stacks):
    return {
        stack: [rate * factor for rate, factor in zip(ALIKE[stack], (1, 1.3, 0.8, 1.1), strict=True)]
        for stack in stacks
    }


UPGRADE = {"versions": {"gunicorn": "23.0.0"}}
OTHER_LOAD = {"plan": {"phases": (Phase(name="saturated", load=Connections(count=64), duration_s=2.0),)}}
RUNS = {
    "nothing-changed": [ALIKE, (faster(1.004), {})],
    "everything-slower": [ALIKE, (faster(0.92), {})],
    "everything-slower-two": [only("gunicorn", "waitress"), (faster(0.92, of=only("gunicorn", "waitress")), {})],
    "one-faster-unexplained": [ALIKE, (faster(1.3, "gunicorn"), {})],
    "one-stack": [only("gunicorn"), (faster(2.5, of=only("gunicorn")), UPGRADE)],
    "upgrade-better": [ALIKE, (faster(1.1, "gunicorn"), UPGRADE)],
    "upgrade-on-a-slower-machine": [ALIKE, (faster(1.1, "gunicorn", of=faster(0.92)), UPGRADE)],
    "upgrade-one-control": [
        only("gunicorn", "waitress"),
        (faster(0.8, "gunicorn", of=only("gunicorn", "waitress")), UPGRADE),
    ],
    "upgrade-noisy": [ALIKE, (noisy(*ALIKE), UPGRADE)],
    "other-python": [ALIKE, (faster(1.15), {"machine": {"python": "3.13.0"}, "versions": {"flask": "3.1.0"}})],
    "other-machine-and-workers": [
        ALIKE,
        (faster(3.1), {"machine": {"cores": 8, "cpu": "Another", "memory_bytes": 2**36}, "workers": 8}),
    ],
    "single-blocks": [
        faster(1, of={"gunicorn": [1000], "waitress": [700]}),
        ({"gunicorn": [1100], "waitress": [705]}, {}),
    ],
    "other-stacks": [
        {"gunicorn:w6": [9] * 4, **only("gunicorn", "waitress")},
        ({**only("gunicorn", "waitress"), "nginx+uwsgi": ALIKE["nginx+uwsgi"], "uwsgi-http": [8] * 4}, {}),
    ],
    "trials-missing": [
        ALIKE,
        (
            {**ALIKE, "waitress": [None, 700, None, None]},
            {"broken": [("gunicorn", 2)], "status": "interrupted"},
        ),
    ],
    "anyway": [ALIKE, (faster(1.5), OTHER_LOAD)],
    "three-runs": [ALIKE, (faster(0.9, "gunicorn"), UPGRADE), (faster(1.2), OTHER_LOAD)],
    "paired": [ALIKE, (faster(1.06), {"start_s": CREATED_S + BLOCK_S / 2})],
    "at-the-same-time": [ALIKE, (faster(0.6), {"start_s": CREATED_S + 0.2})],
}


def compared(parent, base, *others, objectives=("throughput",)):
    """The comparison of made-up runs, their folders named after their letters."""
    folders = [a_compared_run(parent, base)]
    folders += [a_compared_run(parent, rates, **{"start_s": LATER_S, **changed}) for rates, changed in others]
    found = compare_runs(folders, objectives=objectives, margin=0.05, anyway=True)
    text = msgspec.json.encode(found).decode()
    for letter, folder in zip("abc", folders, strict=False):
        text = text.replace(f'"{folder.path}"', f'"runs/{letter}"')
    return msgspec.json.decode(text, type=type(found))


@pytest.mark.parametrize("name", RUNS)
def test_every_sentence(name, tmp_path):
    """Markdown is as it was when it was last looked at; UPDATE_SNAPSHOTS=1 writes it anew."""
    text = markdown(document(compared(tmp_path, *RUNS[name], objectives=("throughput", "cpu"))))
    heading_of = SNAPSHOTS / f"comparison-{name}.md"
    if "UPDATE_SNAPSHOTS" in os.environ:
        heading_of.write_text(text)
    assert text == heading_of.read_text()


def test_whatever_the_noise_the_table_can_be_read(tmp_path):
    """Two blocks worlds apart: an interval beyond all bounds is none, and no cell is longer than a line."""
    wild, calm = {"gunicorn": [1e-5, 1e12], "waitress": [700, 5000]}, {"gunicorn": [900, 1000], "waitress": [690, 700]}
    found = compared(tmp_path, calm, (wild, {}))
    gunicorn, waitress = found.others[0].objectives[0].stacks
    assert (gunicorn.change.low, gunicorn.change.high) == (None, None)
    assert waitress.change.low < waitress.change.ratio < waitress.change.high
    assert max(map(len, markdown(document(found)).splitlines())) < 200


def test_what_runs_say_means_nothing_to_markdown(tmp_path):
    """Pipes, backticks, HTML, links and line breaks in values do not get out of their cell."""
    nasty = "a|b `c` <img src=x> [d](http://e) **f**\n# g \x1b[31m"
    found = compared(tmp_path, ALIKE, (ALIKE, {"machine": {"cpu": nasty}, "versions": {"flask": nasty}}))
    (other,) = found.others
    (objective,) = other.objectives
    objective = msgspec.structs.replace(objective, uncompared=(Unranked(stack=nasty, reason=nasty),))
    run = msgspec.structs.replace(other.run, folder=nasty)
    other = msgspec.structs.replace(other, run=run, objectives=(objective,), only_after=(nasty,))
    text = markdown(document(msgspec.structs.replace(found, others=(other,))))
    assert "\x1b" not in text
    bare = re.sub(r"\\.", "", text.replace("#### ", "").replace("### ", ""))
    assert not set("`<[*#") & set(bare)
    rows = [line for line in bare.splitlines() if line.startswith("|")]
    assert {line.count("|") for line in rows} == {6}
