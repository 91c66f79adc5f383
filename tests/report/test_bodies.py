"""How many bodies were compared, in words."""

import msgspec
import pytest

from support.made_up_runs import made_up
from wsgibench.model.answers import ComparedBodies
from wsgibench.report.bodies import bodies_in_words


def said_of(parent, compared, differing=0):
    """Of a run in each of whose trials so many paths were compared."""
    folder = made_up(parent, dict.fromkeys(compared, 1000), blocks=1)
    run = folder.read()
    trials = [
        msgspec.structs.replace(
            trial,
            bodies=ComparedBodies(
                asked=compared[trial.stack.label],
                compared=compared[trial.stack.label],
                expected=1,
                differing=differing,
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
    assert said_of(tmp_path, {"gunicorn": 300, "waitress": 300}, 2).endswith("; 4 of all differed, by nature.")
