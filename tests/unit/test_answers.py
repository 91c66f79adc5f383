"""What is kept of answers can be read again, and nothing else is believed."""

import io
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsgibench.bench.bodies.known import Known
from wsgibench.model.answer_table import Answers

PATHS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).map("/".__add__)


@given(st.dictionaries(PATHS, st.integers(0, 2**32 - 1)))
def test_answers_survive_their_file(checksums: dict[str, int]) -> None:
    assert Answers.from_bytes(Answers.of(checksums).to_bytes()).by_path() == checksums


def archive(**arrays: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def a_bomb() -> bytes:
    """300 MB of nothing in 300 kB."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file, file.open("paths.npy", "w") as member:
        for _ in range(300):
            member.write(bytes(1 << 20))
    return buffer.getvalue()


WHOLE = {"paths": np.frombuffer(b"/a\n/b", np.uint8), "checksum": np.zeros(2, np.uint32), "asked": np.zeros(0)}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK",
        archive(),
        archive(**{**WHOLE, "checksum": np.zeros(3, np.uint32)}),
        archive(**{**WHOLE, "asked": np.zeros(1)}),
        archive(**{**WHOLE, "paths": np.frombuffer(b"\xff", np.uint8)}),
        archive(**{**WHOLE, "paths": np.array([{"an": "object"}])}),
        a_bomb(),
    ],
    ids=["empty", "cut", "nothing", "too many", "too few", "no text", "an object", "a bomb"],
)
def test_what_is_no_answers_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="no answers"):
        Answers.from_bytes(data)


def test_a_run_that_goes_on_knows_what_it_knew() -> None:
    """Which path was answered with what, and whom it was asked of; what varies is not known."""
    before = Known(["a", "b"])
    before.add("a", {"/1": 10, "/2": 20, "/3": 30})
    before.add("b", {"/1": 11, "/4": 40})
    before.settle("/3", None)
    known = Known(["a", "b"], Answers.from_bytes(before.answers().to_bytes()))
    assert known.of_others("b", ["/1", "/2", "/3", "/4", "/5"]) == {"/1": 10, "/2": 20}
    assert known.of_others("a", ["/1", "/2", "/3", "/4", "/5"]) == {"/1": 10, "/4": 40}


def test_each_path_counts_once_however_often_it_is_compared() -> None:
    """In whichever block: once another stack was asked for it, too."""
    known = Known(["a", "b", "c"])
    known.add("a", {"/1": 10, "/2": 20})
    assert known.compared("a") == 0
    known.add("b", {"/1": 10})
    known.add("a", {"/1": 10, "/3": 30})
    assert (known.compared("a"), known.compared("b"), known.compared("c")) == (1, 1, 0)
    known.add("c", {"/2": 20, "/3": 30})
    assert (known.compared("a"), known.compared("b"), known.compared("c")) == (3, 1, 2)
