"""How far a curve can be read by any limit."""

import math

import pytest

from support.curves import a_capacity_run, add_curve_trial
from wsgibench.analysis.readable import readable_to_per_s
from wsgibench.model.cores import Cores

TOGETHER = Cores(stack=(0, 1), engine=(0, 1))
APART = Cores(stack=(0,), engine=(1,))


def readable(parent, engine_cpu_s, cores):
    """Each rate is held for 2 s."""
    folder = a_capacity_run(parent, ["gunicorn"], cores=cores)
    return readable_to_per_s(
        folder.read_run().plan, add_curve_trial(folder, 1, "gunicorn", 85, engine_cpu_s=engine_cpu_s)
    )


@pytest.mark.parametrize("cores", [TOGETHER, APART, None])
def test_all_of_it_where_the_engine_took_little(tmp_path, cores):
    """Whichever cores it had."""
    assert readable(tmp_path, {}, cores) == math.inf


@pytest.mark.parametrize(("cores", "allowed_s"), [(TOGETHER, 0.8), (APART, 1.6), (None, 1.6)])
def test_up_to_the_rate_before_that_at_which_the_engine_took_too_much(tmp_path, cores, allowed_s):
    """A fifth of the cores that it shares, 80 % of one of its own; further above it may have taken less again."""
    assert readable(tmp_path / "more", {90: allowed_s + 0.01}, cores) == 80
    assert readable(tmp_path / "all", {90: allowed_s - 0.01}, cores) == math.inf


def test_nothing_of_it_where_that_was_the_lowest(tmp_path):
    """No rate is left."""
    assert readable(tmp_path, {10: 1.9}, APART) == 0
