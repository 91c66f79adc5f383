"""The pictures of a run, as files."""

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from wsgibench.errors import MissingError
from wsgibench.model.run import FinishedRun
from wsgibench.model.verdict import Verdict
from wsgibench.report.curve_pictures import curve_pictures
from wsgibench.report.pictures_data import pictures_of
from wsgibench.report.ranking_picture import ranking_spec
from wsgibench.report.reading import PhaseCurves
from wsgibench.report.theme import THEMES
from wsgibench.runs.folder import RunFolder

PNG_SCALE = 2
"""Pixels per CSS pixel: sharp on today's screens."""


def draw(
    folder: RunFolder,
    verdict: Verdict | None = None,
    phases: Sequence[PhaseCurves] | None = None,
    *,
    run: FinishedRun | None = None,
    cumulative: bool = False,
) -> list[Path]:
    """Write every picture of the run into its folder, as PNG and SVG, light and dark; returns their paths.

    ``mean-response-time-light.png``; with more than one phase ``mean-response-time-steady-light.png``; with
    ``cumulative``, where each point stands for all since the start as in the article,
    ``mean-response-time-cumulative-light.png``. With the verdict, a picture of each ranking that was asked for:
    ``ranking-throughput-light.png``, and of a run that looked for capacities its curves: ``curve-light.png``.
    ``phases`` are the run's curves over time, where the caller has them, read with the same ``cumulative``, and ``run``
    is what they were read of.

    Raises:
        MissingError: altair or vl-convert is not installed.
        RunFolderError: the run cannot be read, or a picture not be written.
    """
    try:
        # Imported here: optional, and half a second that no other command should pay.
        import vl_convert  # noqa: PLC0415

        from wsgibench.report.charts import spec_of  # noqa: PLC0415
    except ImportError as exc:
        raise MissingError(
            f"Pictures need '{exc.name}', which is not installed.", "pip install 'wsgibench[pictures]'"
        ) from exc
    pictures = [*pictures_of(folder, phases, run=run, cumulative=cumulative)]
    if verdict is not None and run is not None:
        pictures += curve_pictures(run, verdict)
    specs = ((f"{picture.name}-{theme.name}", spec_of(picture, theme)) for picture in pictures for theme in THEMES)
    paths = []
    for name, spec in itertools.chain(specs, _rankings(verdict)):
        # The PNG is made from the SVG: Vega runs once, and both show the same.
        svg = vl_convert.vegalite_to_svg(spec, vl_version=_VEGA_LITE)
        paths.append(folder.write_file(f"{name}.svg", svg.encode()))
        paths.append(folder.write_file(f"{name}.png", vl_convert.svg_to_png(svg, scale=PNG_SCALE)))
    return paths


def _rankings(verdict: Verdict | None) -> Iterator[tuple[str, dict[str, Any]]]:
    if verdict is None:
        return
    for ranking, theme in itertools.product(verdict.asked, THEMES):
        spec = ranking_spec(verdict, ranking, theme)
        if spec is not None:
            yield f"ranking-{ranking.objective}-{theme.name}", spec


_VEGA_LITE = "6.4"
"""The version whose specifications altair writes."""
