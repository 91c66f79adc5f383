"""What wsgibench finds on this machine, a picture for each question: docs/gallery/README.md.

Each entry is one command, run as it is shown. ``--only NAME`` makes that entry and leaves the others as they are;
Ctrl-C leaves those that were made. What stands behind ``--`` is given to every command, and shown with it: ``python
benchmarks/gallery.py --only hops -- --blocks 3``. Stacks of proxies that are not here are left out, which is said. The
runs themselves are kept in --runs. The budgets of all entries add up to 19 minutes.
"""

import argparse
import datetime as dt
import html
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from wsgibench.analysis.verdict import verdict_of
from wsgibench.model.stack import DIRECT, parse_stack
from wsgibench.processes.programs import find_program
from wsgibench.proxies import PROXIES
from wsgibench.report.circumstance_words import circumstances
from wsgibench.report.conclusions import answer, how_sure, of_what
from wsgibench.report.markdown import escaped
from wsgibench.runs.folder import RunFolder

ROOT = Path(__file__).parents[1]
HEAD = """\
# Gallery

What was found on one machine, a question each, with the command that found it. Another machine, app or version will
find something else: `python benchmarks/gallery.py` makes this page anew wherever it is run, and with `--only NAME` one
entry of it. What the figures mean is told by [what a run shows](../reference/report.md).
"""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A question, and the arguments of the command that answers it: the verb, its stacks, its options."""

    name: str
    title: str
    stacks: tuple[str, ...]
    budget: str
    verb: str = "run"
    options: tuple[str, ...] = ()
    picture: str = "ranking-throughput"
    note: str = ""

    def command(self, more: Sequence[str], budget: str | None) -> tuple[str, ...]:
        """As a user types it."""
        here = [stack for stack in self.stacks if stack not in self.left_out]
        return ("wsgibench", self.verb, *here, *self.options, "--budget", budget or self.budget, *more)

    @property
    def left_out(self) -> tuple[str, ...]:
        """Stacks whose proxy is not here."""
        proxies = {stack: parse_stack(stack).proxy for stack in self.stacks}
        return tuple(
            stack
            for stack, proxy in proxies.items()
            if proxy != DIRECT and find_program(PROXIES.get(proxy).programs) is None
        )


PROXY_NAMES = ("nginx", "caddy", "haproxy", "traefik", "envoy", "apache")
ENTRIES = (
    Entry(name="article", title="The article's question: which of its seven stacks?", stacks=("article",), budget="4m"),
    Entry(
        name="interfaces",
        title="WSGI or ASGI?",
        stacks=("gunicorn", "uvicorn", "granian", "granian-asgi"),
        budget="3m",
        note="Two frameworks, too: gunicorn and granian serve the quote server as it was written with Flask, uvicorn "
        "and granian-asgi its twin of Starlette, which asks sqlite in a thread for each request. Both answer the same "
        "bytes.",
    ),
    Entry(
        name="proxies",
        title="Which proxy before gunicorn, and what does it cost?",
        # By TCP, as not every one knows sockets of the other kind.
        stacks=(
            "gunicorn",
            *(f"{name}+gunicorn:tcp" for name in PROXY_NAMES),
        ),
        budget="4m",
    ),
    Entry(
        name="hops",
        title="Unix sockets or TCP between proxy and server?",
        stacks=("nginx+gunicorn", "nginx+gunicorn:tcp", "nginx+granian", "nginx+granian:tcp"),
        budget="3m",
    ),
    Entry(
        name="workers",
        title="How many workers, and how much do they bear?",
        verb="capacity",
        stacks=("gunicorn",),
        options=("--workers", "1", "--workers", "2", "--workers", "4", "--limit", "p99 < 100ms"),
        budget="5m",
        picture="curve",
    ),
)
NAMES = tuple(entry.name for entry in ENTRIES)


def section_of(entry: Entry, command: Sequence[str], folder: RunFolder, out: Path) -> str:
    """What the page says of the run, all of it from its record; the pictures are put beside the page."""
    verdict, run = verdict_of(folder), folder.read()
    asked = {ranking.phase for ranking in verdict.asked}
    phase = next((phase for phase in run.run.plan.phases if phase.name in asked), None)
    lines = [f"## {entry.title}", *_picture(entry, folder, out, answer(verdict))]
    lines += [f"**{escaped(answer(verdict))}** {escaped(how_sure(verdict))}", escaped(of_what(verdict))]
    lines += [f"```text\n{shlex.join(command)}\n```"]
    lines += [entry.note] if entry.note else []
    if entry.left_out:
        lines += [f"Left out, as their proxies were not there: {', '.join(entry.left_out)}."]
    today = dt.datetime.now(tz=dt.UTC).date().isoformat()
    cpu = run.run.machine.cpu
    lines += [f"{today}; {escaped(' '.join(circumstances(run, phase)).replace(f' {cpu}', f'; {cpu}', 1))}."]
    return "\n\n".join(lines)


def _picture(entry: Entry, folder: RunFolder, out: Path, said: str) -> Iterator[str]:
    """Light and dark, where there is one: a run of which no trial counts has none."""
    found = {theme: folder.path / f"{entry.picture}-{theme}.svg" for theme in ("light", "dark")}
    if not all(path.exists() for path in found.values()):
        return
    for theme, path in found.items():
        (out / f"{entry.name}-{theme}.svg").write_bytes(path.read_bytes())
    yield (
        f'<picture>\n  <source media="(prefers-color-scheme: dark)" srcset="{entry.name}-dark.svg">\n'
        f'  <img alt="{html.escape(said)}" src="{entry.name}-light.svg">\n</picture>'
    )


def with_section(page: str, name: str, section: str) -> str:
    """The page with that entry's section anew and all others as they are, in the order of the entries."""
    sections = {**sections_in(page), name: section}
    parts = [f"<!-- {each} -->\n\n{sections[each]}\n\n<!-- end -->" for each in NAMES if each in sections]
    return "\n".join((HEAD, "\n\n".join(parts))) + "\n"


def sections_in(page: str) -> dict[str, str]:
    """By entry what the page says of it."""
    return dict(re.findall(r"<!-- (\w+) -->\n\n(.*?)\n\n<!-- end -->", page, re.DOTALL))


def make(entry: Entry, command: Sequence[str], runs: Path, out: Path) -> None:
    """Run the command, and write its section into the page."""
    runs.mkdir(parents=True, exist_ok=True)
    before = set(runs.iterdir())
    subprocess.run((sys.executable, "-m", *command, "--out", str(runs)), check=False)
    made = [path for path in runs.iterdir() if path not in before and (path / "run.json").exists()]
    if len(made) != 1:
        sys.exit(f"{entry.name}: the command has left no run; what it said stands above.")
    page = out / "README.md"
    section = section_of(entry, command, RunFolder.open(made[0]), out)
    page.write_text(with_section(page.read_text() if page.exists() else "", entry.name, section))
    print(f"{entry.name}: {page}, from {made[0]}", flush=True)


def main() -> int:
    words = sys.argv[1:]
    cut = words.index("--") if "--" in words else len(words)
    own, more = words[:cut], words[cut + 1 :]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=NAMES, action="append", help="repeatable")
    parser.add_argument("--budget", help="of each command, instead of its own")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "gallery")
    parser.add_argument("--runs", type=Path, default=ROOT / "results" / "gallery")
    arguments = parser.parse_args(own)
    arguments.out.mkdir(parents=True, exist_ok=True)
    try:
        for entry in ENTRIES:
            if entry.name in (arguments.only or NAMES):
                make(entry, entry.command(more, arguments.budget), arguments.runs, arguments.out)
    except KeyboardInterrupt:
        print("Left as it is; what was made is in the page.")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
