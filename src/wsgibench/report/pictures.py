"""The pictures of a run, as files."""

from pathlib import Path

from wsgibench.errors import MissingError
from wsgibench.report.album import pictures_of
from wsgibench.report.theme import THEMES
from wsgibench.runs.folder import RunFolder

PNG_SCALE = 2
"""Pixels per CSS pixel: sharp on today's screens."""


def draw(folder: RunFolder, *, cumulative: bool = False) -> list[Path]:
    """Write every picture of the run into its folder, as PNG and SVG, light and dark; returns their paths.

    ``mean-response-time-light.png``; with more than one phase ``mean-response-time-steady-light.png``; with
    ``cumulative``, where each point stands for all since the start as in the article,
    ``mean-response-time-cumulative-light.png``.

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
    paths = []
    for picture in pictures_of(folder, cumulative=cumulative):
        for theme in THEMES:
            # The PNG is made from the SVG: Vega runs once, and both show the same.
            svg = vl_convert.vegalite_to_svg(spec_of(picture, theme), vl_version=_VEGA_LITE)
            name = f"{picture.name}-{theme.name}"
            paths.append(folder.write_file(f"{name}.svg", svg.encode()))
            paths.append(folder.write_file(f"{name}.png", vl_convert.svg_to_png(svg, scale=PNG_SCALE)))
    return paths


_VEGA_LITE = "6.4"
"""The version whose specifications altair writes."""
