"""Labels at line ends."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsgibench.report.labels import spread


@given(st.lists(st.floats(0, 340), max_size=20))
def test_labels_never_overlap(wanted):
    """They are a line's height apart, within the plot, in the order of their lines."""
    places = spread(wanted, 15, 340)
    assert len(places) == len(wanted)
    assert np.all((places >= -1e-6) & (places <= 340 + 1e-6))
    in_order = places[np.argsort(wanted, kind="stable")]
    assert np.all(np.diff(in_order) >= 15 - 1e-6)


@given(st.lists(st.integers(0, 20), max_size=12, unique=True))
def test_labels_that_have_room_stay(places):
    """A label is moved only where another would touch it."""
    wanted = [heading_of * 15.0 for heading_of in places]
    assert spread(wanted, 15, 340) == pytest.approx(wanted)


def test_labels_of_equal_ends_are_centred():
    """Three lines that end at one point have their labels around it."""
    assert spread([100, 100, 100], 10, 340) == pytest.approx([90, 100, 110])
