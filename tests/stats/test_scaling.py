"""The universal scalability law: found again where it holds, and never beyond what was measured."""

import numpy as np
import pytest

from wsgibench.stats.scaling import ScalabilityLaw, scalability_law

WORKERS = np.array([1, 2, 3, 4, 6, 8])


@pytest.mark.parametrize(
    "law",
    [
        ScalabilityLaw(1000.0, 0.05, 0.002),
        ScalabilityLaw(37.5, 0.0, 0.02),
        ScalabilityLaw(2e4, 0.3, 0.0),
        ScalabilityLaw(10.0, 0.0, 0.0),
    ],
)
def test_a_law_that_holds_is_found_exactly(law):
    """With both of its losses, either, or none."""
    found = scalability_law(WORKERS, law.at(WORKERS))
    assert found.alone_per_s == pytest.approx(law.alone_per_s, rel=1e-9)
    assert found.contention == pytest.approx(law.contention, abs=1e-9)
    assert found.coherency == pytest.approx(law.coherency, abs=1e-9)


def test_noise_moves_it_a_little():
    """Two percent a point."""
    law = ScalabilityLaw(1000.0, 0.05, 0.002)
    noise = np.exp(np.random.default_rng(1).normal(0, 0.02, len(WORKERS)))
    found = scalability_law(WORKERS, law.at(WORKERS) * noise)
    assert found.at(WORKERS) == pytest.approx(law.at(WORKERS), rel=0.04)


def test_of_fewer_than_five_numbers_of_workers_nothing_follows():
    """The same one twice counts once."""
    law = ScalabilityLaw(1000.0, 0.05, 0.002)
    few = np.array([1, 2, 2, 4, 8])
    assert scalability_law(few, law.at(few)) is None


def test_losses_are_never_negative():
    """Of what rises faster than its workers a law without losses is the nearest."""
    found = scalability_law(WORKERS, 10.0 * WORKERS**1.2)
    assert (found.contention, found.coherency) == (0.0, 0.0)
