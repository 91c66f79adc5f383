"""A chart over time in words and as a table."""

from math import isfinite

import numpy as np

from wsgibench.report.lines import Kind, Picture
from wsgibench.report.page.chart import MISSING, Series, Table
from wsgibench.report.tables import label_of


def history_in_words(picture: Picture) -> str:
    """Its title, and between which figures each stack was, over all its trials."""
    ends = []
    for panel in picture.panels:
        for line in (line for line in panel.lines if line.named):
            values = line.curve.value[np.isfinite(line.curve.value)]
            if len(values):
                where = f"{label_of(line)}{', ' + panel.title if panel.title else ''}"
                ends.append(f"{where}: {_span(float(values.min()), float(values.max()))} {picture.unit}")
    return f"{picture.title}. " + (f"{'; '.join(ends)}." if ends else "Nothing was seen.")


def history_table(title: str, panels: list[tuple[str, list[Series]]]) -> Table:
    """A column for each stack; a row for each block, or for each window where there is one block."""
    series = [(panel, each) for panel, lines in panels for each in lines]
    blocks = sorted({each.block for _, each in series if each.block is not None})
    return _by_block(title, series, blocks) if len(blocks) > 1 else _by_window(title, series)


def _by_block(title: str, series: list[tuple[str, Series]], blocks: list[int]) -> Table:
    """The mean of each trial; one that does not count is said to be so."""
    trials = [(panel, each) for panel, each in series if each.block is not None and not each.fine]
    columns = list(dict.fromkeys(_column(panel, each) for panel, each in trials))
    cells = {(each.block, _column(panel, each)): _mean(each) for panel, each in trials}
    return Table(
        caption=f"{title}: means of trials; those in brackets do not count",
        columns=("block", *columns),
        rows=tuple((str(block), *(cells.get((block, column), MISSING) for column in columns)) for block in blocks),
    )


def _by_window(title: str, series: list[tuple[str, Series]]) -> Table:
    named = [(panel, each) for panel, each in series if each.line.named]
    time_s = max((each.line.curve.time_s for _, each in named), key=len).tolist()
    columns = [each.line.curve.value.tolist() for _, each in named]
    return Table(
        caption=f"{title}, against seconds since the start of the measured load",
        columns=("s", *(_column(panel, each) for panel, each in named)),
        rows=tuple(
            (f"{at:,.4g}", *(_cell(column[index]) if index < len(column) else MISSING for column in columns))
            for index, at in enumerate(time_s)
        ),
    )


def _column(panel: str, series: Series) -> str:
    return f"{series.line.label}, {panel}" if panel else series.line.label


def _mean(series: Series) -> str:
    values = series.line.curve.value[np.isfinite(series.line.curve.value)]
    if not len(values):
        return MISSING
    text = _cell(float(values.mean()))
    return f"({text})" if series.line.kind is Kind.UNCOUNTED else text


def _cell(value: float) -> str:
    return f"{value:,.4g}" if isfinite(value) else MISSING


def _span(low: float, high: float) -> str:
    ends = (f"{low:,.3g}", f"{high:,.3g}")
    return ends[0] if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"
