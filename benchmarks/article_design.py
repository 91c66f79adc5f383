"""Draw what the article's design and wsgibench's say of the same simulated stacks: docs/images/article-design-*.svg.

One run of the simulation of calibration.py: seven stacks, of which A is 5 % better than all others, on a machine that
slows down by 16 % while they are measured.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import altair as alt
import numpy as np
import vl_convert
from calibration import SCENARIOS, article_trials, simulate

from wsgibench.report.theme import FONT, THEMES, Theme
from wsgibench.stats.sequential import judgements

IMAGES = Path(__file__).parent.parent / "docs" / "images"
SCENARIO = next(scenario for scenario in SCENARIOS if scenario.name == "best by 5 %")
NAMES = tuple("ABCDEFG")
ARTICLE, OURS = "each once, in fixed order", "12 blocks, 95 % interval"
Rows = list[dict[str, object]]


def percent(logs: np.ndarray | float) -> np.ndarray:
    return 100 * np.exp(logs)


def trials(seed: int) -> Rows:
    """The article's: when each stack is measured, and its figure in percent of what A can do on the fresh machine."""
    moments, logs = article_trials(SCENARIO, np.random.default_rng(seed))
    shares = percent(logs - SCENARIO.logs[0])
    return [
        {"stack": name, "moment": 100 * moment, "share": share}
        for name, moment, share in zip(NAMES, moments.tolist(), shares.tolist(), strict=True)
    ]


def against_a(seed: int) -> Iterator[dict[str, object]]:
    """Every other stack in percent of A, as each design has it."""
    figures = {str(row["stack"]): float(str(row["share"])) for row in trials(seed)}
    *_, last = judgements(simulate(SCENARIO, np.random.default_rng(seed)), looks=SCENARIO.looks)
    for place, name in enumerate(NAMES[1:], 1):
        yield {"stack": name, "design": ARTICLE, "share": 100 * figures[name] / figures["A"]}
        yield {
            "stack": name,
            "design": OURS,
            "share": percent(last.differences[place, 0]),
            "low": percent(last.intervals.low[place, 0]),
            "high": percent(last.intervals.high[place, 0]),
        }


def in_time(seed: int, theme: Theme) -> alt.LayerChart:
    """The machine's speed, and where on it each stack was measured once."""
    x = alt.X("moment:Q", title="time, % of the run", scale=alt.Scale(domain=[-4, 104], nice=False))
    y = alt.Y("share:Q", title="requests/s, % of A at the start", scale=alt.Scale(domain=[75, 105]))
    speed = [{"moment": at, "share": 100 - 16 * at / 100} for at in (0, 100)]
    line = alt.Chart(alt.Data(values=speed)).mark_line(color=theme.muted, strokeDash=[4, 3]).encode(x, y)
    points = alt.Chart(alt.Data(values=trials(seed)))
    dots = points.mark_circle(size=60, opacity=1, color=theme.colours[0]).encode(x, y)
    labels = points.mark_text(dy=15, color=theme.ink, fontSize=12).encode(x, y, alt.Text("stack:N"))
    return panel(alt.layer(line, dots, labels), "The article's design; dashed: what A can do")


def in_pairs(seed: int, theme: Theme) -> alt.LayerChart:
    """Each stack against A, by both designs, and the truth."""
    rows = alt.Chart(alt.Data(values=list(against_a(seed))))
    x = alt.X("stack:N", title=None, axis=alt.Axis(labelAngle=0))
    y = alt.Y("share:Q", title="requests/s, % of A's", scale=alt.Scale(zero=False))
    scale = alt.Scale(domain=[ARTICLE, OURS], range=[theme.colours[1], theme.colours[0]])
    colour = alt.Color("design:N", title=None, scale=scale, legend=alt.Legend(orient="top-right"))
    shape = alt.Shape("design:N", title=None, scale=alt.Scale(domain=[ARTICLE, OURS], range=["cross", "circle"]))
    aside = alt.XOffset("design:N")
    truth = alt.Chart(alt.Data(values=[{"share": float(percent(-SCENARIO.logs[0]))}]))
    line = truth.mark_rule(color=theme.muted, strokeDash=[4, 3]).encode(alt.Y("share:Q"))
    reach = rows.transform_filter("isValid(datum.low)").mark_rule(strokeWidth=2)
    parts = (
        line,
        reach.encode(x, alt.Y("low:Q"), alt.Y2("high:Q"), aside, colour),
        rows.mark_point(filled=True, size=60, opacity=1).encode(x, y, aside, colour, shape),
    )
    return panel(alt.layer(*parts), "What both designs say; dashed: the truth")


def panel(chart: alt.LayerChart, title: str) -> alt.LayerChart:
    return chart.properties(width=320, height=220, title=title)


def picture(seed: int, theme: Theme) -> str:
    """An SVG."""
    axis = alt.AxisConfig(
        domainColor=theme.muted, gridColor=theme.grid, tickColor=theme.muted, labelColor=theme.ink, titleColor=theme.ink
    )
    panels = alt.hconcat(in_time(seed, theme), in_pairs(seed, theme), spacing=30)
    chart = panels.resolve_legend(color="independent", shape="independent").properties(
        background=theme.background,
        padding=12,
        config=alt.Config(
            font=FONT,
            axis=axis,
            view=alt.ViewConfig(stroke=None),
            title=alt.TitleConfig(color=theme.ink, anchor="start", fontSize=13),
            legend=alt.LegendConfig(labelColor=theme.ink, labelFontSize=12, labelLimit=200),
        ),
    )
    return str(vl_convert.vegalite_to_svg(chart.to_dict(), vl_version="6.4"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1, help="of the run that is drawn (default 1)")
    arguments = parser.parse_args()
    IMAGES.mkdir(exist_ok=True)
    for theme in THEMES:
        path = IMAGES / f"article-design-{theme.name}.svg"
        path.write_text(picture(arguments.seed, theme))
        print(path)


if __name__ == "__main__":
    main()
