"""A ranking as a picture by itself: the page's chart in the colours of a theme, with its words."""

import json
from typing import Any

from wsgibench.model.verdict import Ranking, Verdict
from wsgibench.report.circumstance_words import in_lines, printable
from wsgibench.report.conclusions import closing, headline, title
from wsgibench.report.page.ranking import ranking_view
from wsgibench.report.page.specification import STYLED
from wsgibench.report.theme import FONT, Theme


def ranking_spec(verdict: Verdict, ranking: Ranking, theme: Theme) -> dict[str, Any] | None:
    """The ranking as a Vega-Lite specification with its data inside; None where no stack is ranked."""
    draw = ranking_view(verdict, ranking).chart.draw
    if draw is None:
        return None
    text = json.dumps(draw())
    for name, colour in (("ink", theme.ink), ("muted", theme.muted), ("grid", theme.grid)):
        text = text.replace(json.dumps(getattr(STYLED, name)), json.dumps(colour))
    for styled, colour in zip(STYLED.colours, theme.colours, strict=True):
        text = text.replace(json.dumps(styled), json.dumps(colour))
    spec: dict[str, Any] = json.loads(text)
    spec["config"] |= {"font": FONT, "title": {"subtitleColor": theme.muted, "color": theme.ink}}
    subtitle = (title(verdict, ranking), closing(verdict)[0])
    return spec | {
        "background": theme.background,
        "padding": 16,
        "title": {
            "text": printable(headline(ranking)),
            "subtitle": list(in_lines(subtitle)),
            "anchor": "start",
            "frame": "bounds",
            "fontSize": 17,
            "subtitleFontSize": 12,
            "offset": 16,
        },
    }
