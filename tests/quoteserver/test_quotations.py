"""Files of quotations, and documents made of them."""

import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quoteserver.errors import UsageError
from quoteserver.quotations import PACKAGED, Text, cycle, read_texts

TEXTS = [Text("One,\n“two”", "Ann Ö"), Text("3", "Bo")]
JSONL = "".join(json.dumps(text._asdict()) + "\n" for text in TEXTS)
CSV = 'author,quote,more\nAnn Ö,"One,\n“two”",x\nBo,3,y\n'


def test_the_packaged_quotations():
    """8,558 distinct quotations by 136 authors, as FIELD_NOTES.md says."""
    texts = read_texts(PACKAGED)
    assert len(texts) == len(set(texts)) == 8558
    assert len({text.author for text in texts}) == 136


@pytest.mark.parametrize(
    ("name", "content"), [("q.jsonl", JSONL), ("q.csv", CSV), ("Q.JSONL", "\ufeff" + JSONL + "\n")]
)
@pytest.mark.parametrize("zipped", [False, True], ids=["plain", "gz"])
def test_jsonl_and_csv_read_alike(tmp_path, name, content, zipped):
    """In any order of columns, with a byte order mark, empty lines, or gzipped."""
    path = tmp_path / (name + ".gz" * zipped)
    path.write_bytes(gzip.compress(content.encode()) if zipped else content.encode())
    assert read_texts(path) == TEXTS


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("q.txt", JSONL.encode(), "neither JSONL nor CSV"),
        ("q.jsonl", b"", "holds no quotations"),
        ("q.csv", b"quote,author\n", "holds no quotations"),
        ("q.jsonl", JSONL.encode() + b"[1]\n", "Line 3 of"),
        ("q.jsonl", JSONL.encode() + b'{"quote": "x"}\n', "Line 3 of"),
        ("q.jsonl", b'{"quote": "x", "author": " "}\n', "Line 1 of"),
        ("q.jsonl", b'{"quote": 5, "author": "A"}\n', "Line 1 of"),
        ("q.csv", b"quote\nx\n", "Line 2 of"),
        ("q.jsonl", b"{\n", "is not JSONL"),
        ("q.jsonl", b"\xff\xfe\n", "is not JSONL"),
        ("q.jsonl", b'{"quote": "\\ud800", "author": "A"}\n', "Line 1 of"),
        ("q.csv", b"quote,author\nx\xff,y\n", "is not CSV"),
        ("q.csv.gz", b"no gzip", "cannot be read"),
        ("q.csv.gz", gzip.compress(CSV.encode(), mtime=0)[:10] + b"\xff" * 20, "cannot be read"),
        ("q.jsonl.gz", gzip.compress(JSONL.encode(), mtime=0)[:-9], "cannot be read"),
    ],
)
def test_a_file_that_is_wrong_says_where(tmp_path, name, content, message):
    """One sentence with the file's name, and a hint."""
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UsageError, match=message) as raised:
        read_texts(path)
    assert str(path) in raised.value.message
    assert raised.value.hint


def test_a_file_that_is_not_there(tmp_path):
    """The same error as for one that may not be read."""
    with pytest.raises(UsageError, match="cannot be read"):
        read_texts(tmp_path / "none.csv")


@given(st.lists(st.builds(Text, st.text(), st.text()), min_size=1, max_size=9), st.integers(1, 50))
def test_cycling(texts, documents):
    """Documents are numbered from 1 without gaps, and i holds text (i - 1) mod N."""
    made = list(cycle(texts, documents))
    assert [each.id for each in made] == list(range(1, documents + 1))
    assert all((each.quote, each.author) == texts[(each.id - 1) % len(texts)] for each in made)
