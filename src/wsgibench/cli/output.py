"""How results look: tables for people, JSON for programs."""

import json
import re
import shlex
import sys
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from wsgibench.as_json import as_json
from wsgibench.cli.terminal import printable, say
from wsgibench.errors import UsageError
from wsgibench.model.check import Check

_PIPED_WIDTH = 200
_NO_LIMIT = 10_000


def console(*, stderr: bool = False) -> Console:
    """Where results (or progress) go. Into a file or pipe, lines are as long as they need to be."""
    stream = sys.stderr if stderr else sys.stdout
    return Console(
        file=stream, highlight=False, soft_wrap=not stream.isatty(), width=None if stream.isatty() else _PIPED_WIDTH
    )


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, right: Iterable[str] = ()) -> Table:
    """A plain table; the columns named in ``right`` are aligned there. Cells are shown as text, markup included."""
    right = set(right)
    grid = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for column in columns:
        grid.add_column(Text(printable(column)), justify="right" if column in right else "left", overflow="fold")
    for row in rows:
        grid.add_row(*(cell if isinstance(cell, Text) else Text(printable(str(cell))) for cell in row))
    return grid


def print_fitting(
    columns: Sequence[str], rows: Sequence[Sequence[object]], *, less: Sequence[str], right: Iterable[str] = ()
) -> None:
    """A table in as many columns as the terminal has room for; ``less`` are done without, the first first."""
    out, right = console(), tuple(right)
    for count in range(len(less) + 1):
        kept = [index for index, column in enumerate(columns) if column not in less[:count]]
        grid = table([columns[index] for index in kept], [[row[index] for index in kept] for row in rows], right=right)
        if out.measure(grid, options=out.options.update(max_width=_NO_LIMIT)).maximum <= out.width:
            break
    out.print(grid)


def say_missing(parts: Iterable[Check], python: str) -> None:
    """In one line what is not here, for nobody may have asked for it, and how to get it (servers: in ``python``)."""
    missing = [part for part in parts if part.state == "missing"]
    if not missing:
        return
    by_pip = {sys.executable: [part for part in missing if part.topic != "server"]}
    by_pip[python] = [*by_pip.get(python, ()), *(part for part in missing if part.topic == "server")]
    commands = [
        f"{where} -m pip install {shlex.join(wanted)}"
        for where, those in by_pip.items()
        if (wanted := list(dict.fromkeys(each for part in those for each in part.requirements)))
    ]
    pip = f" All that pip has: {'; '.join(commands)}." if commands else ""
    names = ", ".join(f"{part.topic} {part.name}{_why(part)}" for part in missing)
    needed = "A run needs those alone that it names or takes by itself."
    say(f"\nNot here: {names}. {needed}{pip} With --json it is said how to get each.")


def _why(part: Check) -> str:
    return "" if part.value == "not installed" else f" ({part.value})"


def print_line(text: str) -> None:
    """The text, wrapped where there is a terminal."""
    console().print(Text(printable(text)))


def print_pairs(pairs: Iterable[tuple[str, str]]) -> None:
    """What and its value, in two columns."""
    grid = Table.grid(padding=(0, 2, 0, 0))
    for name, value in pairs:
        grid.add_row(Text(f"  {printable(name)}"), Text(printable(value)))
    console().print(grid)


def print_text(text: str, *, indent: int = 0, hanging: int = 0) -> None:
    """The text, wrapped to the terminal; its lines but the first begin ``hanging`` further in."""
    say(f"{' ' * indent}{text}", hanging=hanging)


def require_one_form(name: str, *, json: bool) -> None:
    """Refuse two forms at once.

    Raises:
        UsageError: ``--json`` and ``--format md``.
    """
    if json and name == "md":
        raise UsageError("--json and --format md contradict one another.", "Give one of them.")


def print_json(value: object) -> None:
    """One JSON document on stdout, in which what is not to be looked at stands escaped, as in all that is printed."""
    text = as_json(value, indent=2).decode()
    sys.stdout.write(re.sub(r"[^\n -~]", _as_json, text) + "\n")


def _as_json(found: re.Match[str]) -> str:
    return found[0] if found[0].isprintable() else json.dumps(found[0])[1:-1]
