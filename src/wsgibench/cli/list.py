"""``wsgibench list``."""

import sys
from typing import Any

import click

from wsgibench.bench.doctor.parts import look_at_parts
from wsgibench.cli.options import takes
from wsgibench.cli.output import console, print_json, table
from wsgibench.cli.terminal import say
from wsgibench.engines import ENGINES
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
    """Servers, proxies, engines, monitors, stores."""
    rows = [(each.kind, name, each.get(name).summary) for each in _REGISTRIES for name in each.names()]
    rows += [("store", name, summary) for name, summary in _STORES.items()]
    parts = {(part.topic, part.name): part for part in look_at_parts(sys.executable)}
    missing = {key: part.advice for key, part in parts.items() if part.state == "missing"}
    if json:
        print_json(
            [
                {"kind": kind, "name": name, "summary": summary, "get": missing.get((kind, name))}
                for kind, name, summary in rows
            ]
        )
        return
    console().print(table(("kind", "name", "what it is"), rows))
    if missing:
        say("\nNot installed here:")
    for (_, name), advice in missing.items():
        say(f"  {name}: {advice}")
    say(f"\nA stack is SERVER or PROXY+SERVER. Those of the article: {', '.join(ARTICLE_STACKS)}.")
