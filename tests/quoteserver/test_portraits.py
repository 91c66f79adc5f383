"""Portraits: one for each author, as the generator draws them."""

from xml.etree import ElementTree as ET

import pytest

from quoteserver.portraits import IMAGES, initials, main, monogram, portrait, slug
from quoteserver.quotations import PACKAGED, read_texts

AUTHORS = sorted({text.author for text in read_texts(PACKAGED)})


def test_every_author_has_one_of_his_own():
    """136 authors, 136 files, and one for those without."""
    names = {portrait(author) for author in AUTHORS}
    assert len(names) == len(AUTHORS) == 136
    assert names | {"unknown.svg"} == {path.name for path in IMAGES.iterdir()}


def test_what_is_kept_is_what_is_drawn(monkeypatch, tmp_path):
    """The files in the repository come from the generator, byte by byte."""
    monkeypatch.setattr("quoteserver.portraits.IMAGES", tmp_path)
    main()
    drawn = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert drawn == {path.name: path.read_bytes() for path in IMAGES.iterdir()}


@pytest.mark.parametrize(
    ("author", "letters", "name"),
    [
        ("Roger L'Estrange", "RL", "roger-l-estrange"),
        ("Sir Isaac Newton", "IN", "sir-isaac-newton"),
        ("Lord Byron", "B", "lord-byron"),
        ("Edward Hyde, Earl of Clarendon", "EH", "edward-hyde-earl-of-clarendon"),
        ("Francis Beaumont and John Fletcher", "B&F", "francis-beaumont-and-john-fletcher"),
        ("William Makepeace Thackeray", "WMT", "william-makepeace-thackeray"),
    ],
)
def test_letters_and_names(author, letters, name):
    """Without titles and peerages; of two authors the surnames' letters."""
    assert (initials(author), slug(author)) == (letters, name)


@pytest.mark.parametrize("author", ["", "../../etc/passwd", "\0", "日本", "a/b", "X" * 5000, "John Milton "])
def test_any_author_has_some_portrait(author):
    """A name from elsewhere leads to a file that is there."""
    assert (IMAGES / portrait(author)).is_file()


def test_a_monogram_is_well_formed():
    """Also of a name with letters that XML reserves."""
    root = ET.fromstring(monogram('A & "B" <C>', "<&>"))  # noqa: S314 - our own
    assert root.get("aria-label") == 'A & "B" <C>'


def test_white_can_be_read_on_every_monogram():
    """A contrast of at least 4.5 to 1, as WCAG asks (relative luminance as it defines it)."""

    def luminance(colour):
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    for path in IMAGES.iterdir():
        ground = ET.fromstring(path.read_bytes())[0].get("fill")  # noqa: S314 - our own
        assert 1.05 / (luminance(ground) + 0.05) >= 4.5, path.name
