"""A ranking as a picture by itself."""

import json

import pytest
import vl_convert

from support.made_up_runs import made_up
from wsgibench.analysis.verdict import verdict_of
from wsgibench.report.pictures import draw
from wsgibench.report.ranking_picture import ranking_spec
from wsgibench.report.theme import THEMES


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_it_has_the_colours_of_its_theme_and_the_words(tmp_path, theme):
    """None of the page's names for colours is left, which a picture alone could not resolve."""
    verdict = verdict_of(made_up(tmp_path, {"gunicorn": 3000, "waitress": 2000}))
    spec = ranking_spec(verdict, verdict.asked[0], theme)
    assert "var(" not in json.dumps(spec)
    svg = vl_convert.vegalite_to_svg(spec, vl_version="6.4")
    assert theme.ink in svg
    for word in ("gunicorn is best", "waitress", "Settled after 6 blocks"):
        assert word in svg


def test_where_nothing_is_ranked_there_is_no_picture(tmp_path):
    """And none of a ranking that nobody asked for."""
    broken = [("gunicorn", block) for block in range(1, 7)]
    folder = made_up(tmp_path, {"gunicorn": 3000}, broken=broken)
    verdict = verdict_of(folder)
    assert ranking_spec(verdict, verdict.asked[0], THEMES[0]) is None
    assert not [path for path in draw(folder, verdict) if path.name.startswith("ranking")]


def test_it_is_among_the_pictures_of_a_run(tmp_path):
    """Light and dark, PNG and SVG."""
    folder = made_up(tmp_path, {"gunicorn": 3000, "waitress": 2000}, blocks=3)
    names = {path.name for path in draw(folder, verdict_of(folder)) if path.name.startswith("ranking")}
    assert names == {f"ranking-throughput-{theme}.{kind}" for theme in ("light", "dark") for kind in ("png", "svg")}
