"""What all panels of a picture share: size, axes, colours and dashes."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from wsgibench.report.axes import Axis, figure_axis
from wsgibench.report.circumstance_words import printable
from wsgibench.report.lines import MACHINE, Picture
from wsgibench.report.tables import LABEL_GAP, label_of
from wsgibench.report.theme import Theme, dashes_of

LEFT = 58
"""CSS pixels for the labels of the upright axis."""
SIDE = 10
"""Around everything."""
LABEL_MAX = 230
SWATCH = (12, 38)
"""From the end of the plot to where a label's sample of its line begins and ends."""
LABEL_SPACE = 6
"""From the sample to the text."""
_LETTER = 6.9
_HEIGHT, _PANEL_HEIGHT = 340, 240


@dataclass(frozen=True)
class Frame:
    """``width`` and ``height`` are those of one plot, in CSS pixels."""

    theme: Theme
    x: Axis
    y: Axis
    width: int
    height: int
    colours: Mapping[str, str]
    dashes: Mapping[str, tuple[int, ...]]

    @classmethod
    def around(cls, picture: Picture, theme: Theme, width: int) -> "Frame":
        """The frame of a picture that is ``width`` wide as a whole, or less where its labels are narrow."""
        lines = [line for panel in picture.panels for line in panel.lines]
        named = [line for line in lines if line.named]
        shown = np.concatenate([np.zeros(0), *(line.curve.value for line in lines)])
        shown = shown[np.isfinite(shown)]
        low, high = (float(shown.min()), float(shown.max())) if len(shown) else (0.0, 1.0)
        letters = max((len(label_of(line)) for line in named), default=0)
        labels = SWATCH[1] + LABEL_SPACE + min(round(letters * _LETTER), LABEL_MAX) if named else SIDE
        most = max((sum(line.named for line in panel.lines) for panel in picture.panels), default=0)
        of_stacks = [line for line in lines if line.server != MACHINE]
        return cls(
            theme=theme,
            x=picture.x,
            y=figure_axis(picture.unit, low, high, may_be_logarithmic=picture.may_be_logarithmic),
            width=width - 2 * SIDE - LEFT - labels,
            height=max(_HEIGHT if len(picture.panels) < 2 else _PANEL_HEIGHT, (most + 1) * LABEL_GAP),
            colours=theme.colours_of(printable(line.server) for line in of_stacks) | {MACHINE: theme.ink},
            dashes=dashes_of(printable(line.proxy) for line in of_stacks) | {MACHINE: (1, 0)},
        )
