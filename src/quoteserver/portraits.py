"""Portraits: no free ones are packaged, so each author has a monogram, an SVG file named after him.

``python -m quoteserver.portraits`` draws them again from the packaged quotations.
"""

import colorsys
import hashlib
import re
import unicodedata
from functools import cache, lru_cache
from html import escape
from pathlib import Path

from quoteserver.quotations import PACKAGED, read_texts

IMAGES = Path(__file__).parent / "static" / "images"
_UNKNOWN = "unknown"
_TITLES = {"Sir", "Lord"}
_SVG = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 128 128" role="img" aria-label="{name}">
<circle cx="64" cy="64" r="63" fill="{ground}"/>
<circle cx="64" cy="64" r="57" fill="none" stroke="#fff" stroke-opacity=".45" stroke-width="1.5"/>
<text x="64" y="66" fill="#fff" font-family="Georgia, 'Times New Roman', serif" font-size="{size}" \
text-anchor="middle" dominant-baseline="central">{letters}</text>
</svg>
"""


def slug(author: str) -> str:
    """The name in lower-case ASCII with hyphens: ``roger-l-estrange``."""
    plain = unicodedata.normalize("NFKD", author).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


@lru_cache(maxsize=4096)
def portrait(author: str) -> str:
    """The file name of the author's portrait, or of the one for authors without."""
    name = slug(author)
    return f"{name if name in _drawn() else _UNKNOWN}.svg"


@cache
def _drawn() -> frozenset[str]:
    return frozenset(path.stem for path in IMAGES.glob("*.svg"))


def initials(author: str) -> str:
    """``JGW`` of John Greenleaf Whittier; of two authors the surnames' letters, ``B&F``; no titles, no peerages."""
    people = author.partition(",")[0].split(" and ")
    if len(people) > 1:
        return "&".join(person.split()[-1][0] for person in people)
    words = [word for word in people[0].split() if word not in _TITLES]
    return "".join(word[0] for word in words)


def monogram(author: str, letters: str) -> str:
    """An SVG picture of the letters, on a colour that the name determines and on which white can be read."""
    hue = hashlib.sha256(author.encode()).digest()[0] / 256
    red, green, blue = (round(255 * part) for part in colorsys.hls_to_rgb(hue, 0.33, 0.38))
    size = {1: 60, 2: 52}.get(len(letters), 40)
    return _SVG.format(
        name=escape(author), ground=f"#{red:02x}{green:02x}{blue:02x}", size=size, letters=escape(letters)
    )


def main() -> None:
    """Draws every author of the packaged quotations, and the portrait for others."""
    for author in {text.author for text in read_texts(PACKAGED)}:
        (IMAGES / f"{slug(author)}.svg").write_text(monogram(author, initials(author)), encoding="utf-8")
    (IMAGES / f"{_UNKNOWN}.svg").write_text(monogram("portrait", "?"), encoding="utf-8")


if __name__ == "__main__":
    main()
