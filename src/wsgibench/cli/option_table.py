"""The table of options: each is defined once; command line, ``wsgibench.toml`` and reference derive from it."""

from collections.abc import Mapping

from wsgibench.bench.option_rows import ROWS
from wsgibench.model.option import Option

OPTIONS: Mapping[str, Option] = {
    option.key: option
    for option in (
        *ROWS,
        Option(
            key="serve",
            kind="port",
            metavar="[PORT]",
            help="Show the report live in a browser on this machine while it runs; without PORT on any that is free.",
        ),
        Option(
            key="out",
            kind="text",
            default="runs",
            metavar="DIR",
            help="Where run folders are made, and side-by-side.html of several runs.",
        ),
        Option(
            key="pictures",
            kind="choice",
            default="on",
            choices=("on", "off"),
            help="Whether report.html and the pictures are made; wsgibench report makes them later.",
        ),
        Option(
            key="cumulative",
            kind="flag",
            default=False,
            help="Draw figures from the start to each moment, as the article did, instead of window by window.",
        ),
        Option(key="anyway", kind="flag", default=False, help="Compare runs that are unlike in what matters, too."),
        Option(
            key="format",
            kind="choice",
            default="text",
            choices=("text", "md"),
            help="md: Markdown, to paste into a pull request.",
        ),
        Option(key="json", kind="flag", default=False, help="Print one JSON document."),
        Option(
            key="export",
            kind="choice",
            choices=("bencher",),
            help="bencher: also write bencher.json into the run's folder, in the metric format of Bencher.",
        ),
    )
}
