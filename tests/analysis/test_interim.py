"""The look after a block: go on, or stop and why."""

import math
import re

import msgspec
import pytest

from support.curves import a_capacity_run, a_run_of_capacities, add_curve_trial
from support.made_up_runs import made_up
from support.small_run import BROKEN
from wsgibench.analysis.verdict import verdict_of
from wsgibench.analysis.verdict.interim import interim_look
from wsgibench.analysis.verdict.tables import table_of, whole_blocks
from wsgibench.model.objective import OBJECTIVES
from wsgibench.model.verdict import Stop
from wsgibench.report.conclusions import closing, how_sure

APART = {"gunicorn": 3000, "waitress": 2000, "granian": 6500}


def test_settled(tmp_path):
    """Every pair is better or tied."""
    look = interim_look(made_up(tmp_path, APART, blocks=3).read(), blocks_possible=9)
    assert (look.block, look.settled, look.pairs, look.stop) == (3, 3, 3, Stop.SETTLED)


def test_what_variants_do_to_a_stack_is_settled_by_itself(tmp_path):
    """Which stack is best is another question, and may stay open."""
    rates = {"gunicorn@old": 3000, "gunicorn@new": 2000, "waitress@old": 3010, "waitress@new": 2010}
    run = made_up(tmp_path / "all", rates, blocks=3, noise=0.05, looks=(3, 9)).read()
    assert interim_look(run, blocks_possible=9).pairs == 6
    assert interim_look(run, blocks_possible=9).stop is None
    run = made_up(tmp_path / "within", rates, blocks=3, noise=0.05, looks=(3, 9), within_stacks=True).read()
    look = interim_look(run, blocks_possible=9)
    assert (look.settled, look.pairs, look.stop) == (2, 2, Stop.SETTLED)


def test_open_pairs_go_on_as_long_as_there_is_hope(tmp_path):
    """Some 8 % apart and 3 % of noise: six more blocks may settle it, one will not."""
    rates = {"gunicorn": 3000, "waitress": 3250}
    run = made_up(tmp_path, rates, blocks=3, noise=0.03, seed=0, looks=(3, 4, 5, 6, 7, 8, 9)).read()
    assert interim_look(run, blocks_possible=9).stop is None
    assert interim_look(run, blocks_possible=4).stop is Stop.HOPELESS


@pytest.mark.parametrize(
    ("claim", "stop"),
    [
        ("gunicorn > waitress", Stop.SETTLED),
        ("waitress >= gunicorn within 2%", None),
        ("waitress = gunicorn within 40%", Stop.SETTLED),
        ("granian > gunicorn on p99", Stop.SETTLED),
    ],
)
def test_claims_are_answered_too(tmp_path, claim, stop):
    """Some 2 % apart: tied by the run's margin, while a claim asks for more; what no block can answer keeps nobody."""
    rates = {"gunicorn": 3000, "waitress": 2950}
    looks = tuple(range(3, 25))
    run = made_up(tmp_path, rates, blocks=8, noise=0.005, claims=(claim,), looks=looks).read()
    look = interim_look(run, blocks_possible=24)
    assert (look.settled, look.pairs) == (1, 1)
    assert look.stop is stop


def test_a_claim_without_hope_ends_the_run(tmp_path):
    """What is just at the edge of its margin is not answered by one block more."""
    rates = {"gunicorn": 3000, "waitress": 2950}
    claims = ("waitress >= gunicorn within 2%",)
    run = made_up(tmp_path, rates, blocks=8, noise=0.005, claims=claims, looks=tuple(range(3, 25))).read()
    assert interim_look(run, blocks_possible=9).stop is Stop.HOPELESS


@pytest.mark.parametrize("blocks", [1, 2])
def test_no_look_before_its_time(tmp_path, blocks):
    """Looks cost error; there are just those that were planned."""
    assert interim_look(made_up(tmp_path, APART, blocks=blocks, looks=(3, 4)).read(), blocks_possible=4) is None


def test_one_stack_is_never_settled(tmp_path):
    """It has no pair; each block makes its figures more certain."""
    assert interim_look(made_up(tmp_path, {"gunicorn": 3000}, blocks=3).read(), blocks_possible=9).stop is None


@pytest.mark.parametrize(
    ("wanted_per_s", "stop"), [(None, None), (20.0, Stop.SETTLED), (4000.0, Stop.SETTLED), (70.0, Stop.HOPELESS)]
)
def test_one_stack_goes_on_until_it_is_known_whether_it_bears_a_rate(tmp_path, wanted_per_s, stop):
    """Or hardly can be; where no rate is asked about, as long as there is budget."""
    capacities = {"gunicorn": (60, 85, 62, 84)}
    folder = a_run_of_capacities(tmp_path, capacities, wanted_per_s=wanted_per_s, looks=(4, 5))
    look = interim_look(folder.read(), blocks_possible=5)
    assert look.pairs == 0
    assert look.stop is stop


def test_a_claim_about_others_does_not_end_the_run_of_one_stack(tmp_path):
    """It stays undecided whatever comes: nothing was asked that the run can answer."""
    run = made_up(tmp_path, {"gunicorn": 3000}, blocks=3, claims=("gunicorn > waitress",)).read()
    assert interim_look(run, blocks_possible=9).stop is None


def test_a_rate_does_not_end_the_run_of_a_stack_of_which_nothing_counts(tmp_path):
    """As without a rate."""
    folder = a_capacity_run(tmp_path, ["gunicorn"], blocks=3, wanted_per_s=40.0)
    for block in (1, 2, 3):
        add_curve_trial(folder, block, "gunicorn", 85, block=block, gates=(BROKEN,))
    assert interim_look(folder.read(), blocks_possible=3).stop is None


def test_nothing_that_counts_goes_on(tmp_path):
    """An app that fails everywhere may do so for the first minute alone."""
    broken = [(stack, block) for stack in APART for block in (1, 2, 3)]
    assert interim_look(made_up(tmp_path, APART, blocks=3, broken=broken).read(), blocks_possible=9).stop is None


def test_a_stack_that_may_yet_be_ranked_keeps_the_run_going(tmp_path):
    """Two of three trials failed, but six more may count; after two more failures it is without hope."""
    broken = [("waitress", 2), ("waitress", 3)]
    run = made_up(tmp_path, APART, blocks=3, broken=broken, looks=(3, 4, 5, 6, 7, 8, 9)).read()
    assert interim_look(run, blocks_possible=9).stop is None
    assert interim_look(run, blocks_possible=3).stop is Stop.SETTLED
    never = [("waitress", block) for block in (1, 2, 3)]
    run = made_up(tmp_path, APART, blocks=3, broken=never, looks=(3, 4, 5, 6, 7, 8, 9)).read()
    assert interim_look(run, blocks_possible=9).stop is Stop.SETTLED


def test_a_block_that_was_cut_off_is_left_out(tmp_path):
    """Looks are at whole blocks; what an interrupted one has would come twice."""
    run = made_up(tmp_path, APART, blocks=4, looks=(3, 4)).read()
    cut = msgspec.structs.replace(run, trials=run.trials[:-1])
    assert whole_blocks(cut) == (1, 2, 3)
    assert interim_look(cut, blocks_possible=9).block == 3


def test_a_trial_that_does_not_count_is_an_empty_cell(tmp_path):
    """The stack stays in the table as long as most of its trials count."""
    run = made_up(tmp_path, APART, blocks=3, broken=[("waitress", 2)]).read()
    table = table_of(run, OBJECTIVES["throughput"], "saturated")
    assert table.stacks == tuple(APART)
    assert [math.isnan(figure) for figure in table.figures[:, 1]] == [False, True, False]
    more = made_up(tmp_path, APART, blocks=4, broken=[("waitress", 2), ("waitress", 3)]).read()
    table = table_of(more, OBJECTIVES["throughput"], "saturated")
    assert table.stacks == ("gunicorn", "granian")
    assert [each.stack for each in table.unranked] == ["waitress"]


def test_pairs_that_a_run_of_variants_was_not_to_settle_are_no_open_ones(tmp_path):
    """Neither in the number of pairs, nor in what is advised."""
    rates = {"gunicorn@old": 3000, "gunicorn@new": 2000, "waitress@old": 3010, "waitress@new": 2010}
    said = []
    for within in (False, True):
        folder = made_up(tmp_path / f"{within}", rates, blocks=8, noise=0.02, within_stacks=within)
        verdict = verdict_of(folder)
        said.append(f"{how_sure(verdict)} {' '.join(closing(verdict))}")
    assert re.search(r"Not settled.* of 6 pairs (is|are) open.*Open on requests/s, \d of 6 pairs", said[0]), said[0]
    assert said[1].startswith("Settled after 8 blocks")
    assert "open" not in said[1].lower()
    assert "More of the same" not in said[1]
