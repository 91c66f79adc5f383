"""How many bodies were compared, in words."""

import msgspec
import pytest

from support.made_up_runs import made_up
from wsgibench.model.answers import ComparedBodies
from wsgibench.model.load import Requests
from wsgibench.report.bodies import bodies_in_words


def said_of(parent, compared, differing=0, *, explained=None, blocks=1, in_run=None, requests=None, options=()):
    """Of a run in each of whose trials so many paths were compared; ``in_run`` so far, by block."""
    folder = made_up(parent, dict.fromkeys(compared, 1000), blocks=blocks)
    run = folder.read()
    if requests is not None:
        plan = msgspec.structs.replace(run.run.plan, requests=requests, engine_options=dict(options))
        run = msgspec.structs.replace(run, run=msgspec.structs.replace(run.run, plan=plan))
    trials = [
        msgspec.structs.replace(
            trial,
            bodies=ComparedBodies(
                asked=compared[trial.stack.label],
                compared=compared[trial.stack.label],
                expected=1,
                differing=differing,
                explained=explained,
                in_run=None if in_run is None else in_run[trial.block - 1],
            ),
        )
        for trial in run.trials
    ]
    return bodies_in_words(msgspec.structs.replace(run, trials=tuple(trials)))


@pytest.mark.parametrize(
    ("compared", "said"),
    [
        ({"gunicorn": 1, "waitress": 1}, "1 path of each stack that counts was compared with those of other stacks"),
        ({"gunicorn": 4, "waitress": 5}, "4 to 5 paths of each stack that counts were compared"),
        ({"gunicorn": 300, "waitress": 900}, "(with 95 % confidence at most 1 in 100 is another)"),
    ],
)
def test_what_few_paths_show_is_no_confidence(tmp_path, compared, said):
    """Of none of four that differ, 'at most 1 in 1' is what nobody doubted."""
    found = said_of(tmp_path, compared)
    assert said in found
    assert ("confidence" in found) is (min(compared.values()) >= 30)
    assert found.endswith(".")


def test_bodies_that_differ_leave_nothing_to_be_confident_of(tmp_path):
    said = said_of(tmp_path, {"gunicorn": 300, "waitress": 300}, 2, explained=1)
    assert said.endswith("; 4 of all differed, by nature.")


@pytest.mark.parametrize("explained", [None, 0])
def test_nature_is_not_said_of_what_was_not_asked_again(tmp_path, explained):
    """Nobody knows then; and of runs of before, not even whether it was."""
    said = said_of(tmp_path, {"gunicorn": 300, "waitress": 300}, 2, explained=explained)
    assert said.endswith("with those of other stacks; 4 of all differed.")


ALIKE = {"gunicorn": 500, "waitress": 500}
IDS = Requests(paths=("/{id}",), first_id=1, last_id=8558)


def test_what_was_compared_in_several_blocks_counts_once(tmp_path):
    """And it is said of how many; a run that did not count so far has the sum of its blocks."""
    said = said_of(tmp_path / "counted", ALIKE, blocks=3, in_run=(500, 900, 1200), requests=IDS)
    assert "1,200 of 8,558 paths of each stack that counts were compared" in said
    assert "at most 1 in 400 is another" in said
    assert "Bodies: 1,500 paths of each" in said_of(tmp_path / "not", ALIKE, blocks=3, requests=IDS)


def test_a_population_that_was_compared_whole_leaves_no_doubt(tmp_path):
    said = said_of(tmp_path, ALIKE, blocks=2, in_run=(6000, 8558), requests=IDS)
    assert said == (
        "Bodies: all 8,558 paths of each stack that counts were compared with those of other stacks; all were the same."
    )


def test_of_how_many_paths_a_locustfile_asks_nobody_knows(tmp_path):
    said = said_of(tmp_path, ALIKE, in_run=(500,), requests=IDS, options={"locustfile": "mine.py"})
    assert "Bodies: 500 paths of each" in said
