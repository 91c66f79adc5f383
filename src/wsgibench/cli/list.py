"""``wsgibench list``."""

import sys
from typing import Any

import click

from wsgibench.bench.doctor.parts import look_at_parts
from wsgibench.cli.options import takes
from wsgibench.cli.output import console, print_json, say_missing, table
from wsgibench.cli.terminal import say
from wsgibench.engines import ENGINES
from wsgibench.model.check import Check
from wsgibench.model.stack import ARTICLE_STACKS
from wsgibench.monitors import MONITORS
from wsgibench.proxies import PROXIES
from wsgibench.servers import SERVERS

_STORES = {
    "sqlite": "a file, built from the packaged quotations at first use; the default",
    "elasticsearch": "an index of a server of yours, as in the article",
    "memory": "the packaged quotations in the app itself",
}
_REGISTRIES: tuple[Any, ...] = (SERVERS, PROXIES, ENGINES, MONITORS)


@click.command(name="list")
@takes("json")
def command(*, json: bool) -> None:
    """Servers, proxies, engines, monitors, stores: which are here, and how to get the others."""
    rows = [(each.kind, name, each.get(name).summary) for each in _REGISTRIES for name in each.names()]
    rows += [("store", name, summary) for name, summary in _STORES.items()]
    found = {(part.topic, part.name): part for part in look_at_parts(sys.executable)}
    if json:
        print_json([_as_record(*row, found[row[:2]]) for row in rows])
        return
    console().print(table(("kind", "name", "what it is", "here"), [(*row, _here(found[row[:2]])) for row in rows]))
    say_missing(found.values(), sys.executable)
    say(f"\nA stack is SERVER or PROXY+SERVER. Those of the article: {', '.join(ARTICLE_STACKS)}.")


def _here(part: Check) -> str:
    return "no" if part.state == "missing" else "yes"


def _as_record(kind: str, name: str, summary: str, part: Check) -> dict[str, object]:
    here = part.state != "missing"
    found = {"found": part.value} if here else {"how_to_get": part.advice}
    return {"kind": kind, "name": name, "summary": summary, "here": here, **found}
