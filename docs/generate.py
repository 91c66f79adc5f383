"""Write those parts of the reference pages that follow from the code: ``make docs``.

Such a part stands between ``<!-- generated: KIND NAME ... -->`` and ``<!-- end -->``. With ``--check`` nothing is
written; pages that are out of date are named, and the exit code is 1.
"""  # noqa: INP001 - a script beside the pages that it writes

import enum
import importlib
import inspect
import pkgutil
import re
import sys
import types
import typing
from collections.abc import Iterator
from pathlib import Path

import click

import wsgibench.model
from quoteserver.cli import quoteserver
from wsgibench.bench.run_options import PROFILES, Profile
from wsgibench.cli.main import wsgibench_command
from wsgibench.cli.option_table import OPTIONS
from wsgibench.errors import WsgibenchError
from wsgibench.model.load import Load
from wsgibench.model.record import Record
from wsgibench.proxies import PROXIES
from wsgibench.servers import SERVERS
from wsgibench.units import format_duration

DOCS = Path(__file__).parent
_PART = re.compile(r"(<!-- generated: (\w+)(.*?) -->\n).*?(<!-- end -->)", re.DOTALL)
_WORDS: dict[object, str] = {int: "integer", float: "number", str: "text", bool: "true or false", type(None): "null"}
_MODEL = {
    name: kind
    for module in pkgutil.iter_modules(wsgibench.model.__path__)
    for name, kind in vars(importlib.import_module(f"wsgibench.model.{module.name}")).items()
    if isinstance(kind, type) and issubclass(kind, Record)
}


def filled(page: str) -> str:
    """The page with its generated parts made anew."""
    return _PART.sub(lambda found: f"{found[1]}\n{_KINDS[found[2]](*found[3].split())}\n\n{found[4]}", page)


def verbs(program: str) -> str:
    """Each verb of a program: how it is called, what it does, its options."""
    group: click.Group = {"wsgibench": wsgibench_command, "quoteserver": quoteserver}[program]
    above = click.Context(group, info_name=program)
    commands = {name: group.get_command(above, name) for name in group.list_commands(above)}
    return "\n\n".join(
        _verb(command, click.Context(command, info_name=name, parent=above))
        for name, command in commands.items()
        if command
    )


def _verb(command: click.Command, context: click.Context) -> str:
    arguments = [piece for piece in command.collect_usage_pieces(context) if piece != "[OPTIONS]"]
    # What follows a backspace is an example, which click must not fill.
    text = inspect.cleandoc(command.help or "").split("\n\n\b")[0]
    options = [option for option in command.params if isinstance(option, click.Option)]
    parts = [" ".join(("###", context.command_path, *arguments)), text]
    if options:
        parts.append(_table(("option", "value", "default", "meaning"), map(_option, options)))
    return "\n\n".join(parts)


def _option(option: click.Option) -> tuple[str, str, str, str]:
    if isinstance(option.type, click.Choice):
        kind = " or ".join(f"`{choice}`" for choice in option.type.choices)
    elif option.is_flag:
        kind = "flag"
    else:
        kind = OPTIONS[option.name].kind if option.name in OPTIONS else option.type.name.split()[0]
    default = option.default[0] if isinstance(option.default, tuple) and option.default else option.default
    shown = "" if option.is_flag or not isinstance(default, str | int | float) else f"`{default}`"
    return f"`{' '.join(filter(None, (option.opts[0], option.metavar)))}`", kind, shown, option.help or ""


def servers() -> str:
    """Every server: what provides it, and which options mean something to it."""
    known = {name: SERVERS.get(name) for name in SERVERS.names()}
    rows = [
        (
            f"`{name}`",
            server.summary,
            server.distribution,
            "yes" if server.has_workers else "",
            "yes" if server.has_threads else "",
        )
        for name, server in known.items()
    ]
    return _table(("server", "what it is", "package", "processes by `--workers`", "threads by `--threads`"), rows)


def proxies() -> str:
    """Every proxy: what it is, what it speaks to servers, how it is had."""
    rows = [
        (
            f"`{name}`",
            proxy.summary,
            ", ".join(sorted(proxy.protocols)),
            ", ".join(sorted(proxy.binds, reverse=True)),
            "the proxy" if proxy.serves_static else "the app",
            f"the system's own, or {proxy.distribution}" if proxy.distribution else "the system's own",
            proxy.at_least,
        )
        for name, proxy in ((name, PROXIES.get(name)) for name in PROXIES.names())
    ]
    return _table(
        ("proxy", "what it is", "speaks", "hops by", "static files from", "where it comes from", "from version"), rows
    )


def profiles() -> str:
    """What each profile stands for."""
    rows = [
        (
            f"`{name}`",
            "; then ".join(_profile_load(profile, load) for load in profile.loads.values()),
            profile.engine,
            format_duration(profile.duration_s) if profile.duration_s else "as the budget allows",
            format_duration(profile.warmup_s),
            profile.blocks or "as the budget allows",
            format_duration(profile.budget_s) if profile.budget_s else "none",
        )
        for name, profile in PROFILES.items()
    ]
    return _table(("profile", "load", "engine", "`--duration`", "`--warmup`", "`--blocks`", "`--budget`"), rows)


def _profile_load(profile: Profile, load: Load) -> str:
    if load.is_open and profile.steady_share is not None:
        share = f"{profile.steady_share:.0%} of what the slowest stack bears"
        return load.in_words().replace(f"{load.peak_per_s:g} requests/s", f"{share},")
    if load.saturates and profile.steady_share is not None:
        return load.in_words().replace(" connections,", " connections, fewer where answers are slow,")
    return load.in_words()


def errors() -> str:
    """Every error, with its exit code."""
    return _table(("error", "exit code", "meaning"), (_error(kind) for kind in _tree(WsgibenchError)))


def _error(kind: type[WsgibenchError]) -> tuple[str, int, str]:
    return f"`{kind.__name__}`", kind.exit_code, inspect.cleandoc(kind.__doc__ or "").splitlines()[0]


def _tree(kind: type[WsgibenchError]) -> Iterator[type[WsgibenchError]]:
    yield kind
    for below in kind.__subclasses__():
        if below.__module__ == kind.__module__:  # others are seen or not, by what was imported before
            yield from _tree(below)


def records(*names: str) -> str:
    """Records of the model: what each is, its fields, their types."""
    return "\n\n".join(_record(_MODEL[name]) for name in names)


def _record(kind: type[Record]) -> str:
    text, _, attributes = inspect.cleandoc(kind.__doc__ or "").partition("\n\nAttributes:\n")
    said = _said(attributes)
    hints = typing.get_type_hints(kind)
    rows: list[tuple[str, ...]] = [
        (f"`{name}`", _type(hints[name]), said.get(name, "")) for name in kind.__struct_fields__
    ]
    if kind.__struct_config__.tag:
        rows.insert(0, ("`type`", f"`{kind.__struct_config__.tag}`", ""))
    columns = 3 if said else 2
    table = _table(("key", "type", "meaning")[:columns], (row[:columns] for row in rows))
    return f"### {kind.__name__}\n\n{_markdown(text)}\n\n{table}"


def _said(attributes: str) -> dict[str, str]:
    """What the docstring says of each attribute; several may share a line."""
    entries = re.findall(r"^ {4}(\w+(?:, \w+)*): (.*(?:\n {8}.*)*)", attributes, re.MULTILINE)
    return {
        name: _markdown(" ".join(text.split())).removesuffix(".")
        for names, text in entries
        for name in names.split(", ")
    }


def _type(hint: object) -> str:
    """The type in words; a record is a link to its section."""
    origin, inner = typing.get_origin(hint), [part for part in typing.get_args(hint) if part is not ...]
    if origin in (typing.Union, types.UnionType):
        return " or ".join(map(_type, inner))
    if origin is tuple:
        homogeneous = ... in typing.get_args(hint)
        return f"list of {_type(inner[0])}" if homogeneous else f"[{', '.join(map(_type, inner))}]"
    if origin is dict:
        return f"object of {_type(inner[1])}"
    if isinstance(hint, type) and issubclass(hint, enum.StrEnum):
        return " or ".join(f"`{member.value}`" for member in hint)
    name = getattr(hint, "__name__", "")
    return _WORDS.get(hint) or f"[{name}](#{name.lower()})"


def _table(head: tuple[str, ...], rows: typing.Iterable[tuple[object, ...]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    cells = [[str(cell).replace("|", "\\|") for cell in line] for line in lines]
    return "\n".join(f"| {' | '.join(line)} |" for line in cells)


def _markdown(text: str) -> str:
    """Prose of a docstring, as it reads of JSON."""
    return re.sub(r"\bNone\b", "`null`", text.replace("``", "`"))


_KINDS = {function.__name__: function for function in (verbs, servers, proxies, profiles, errors, records)}


def main() -> None:
    """Fill or check every page."""
    check = "--check" in sys.argv[1:]
    stale = {page: new for page in sorted(DOCS.rglob("*.md")) if (new := filled(old := page.read_text())) != old}
    for page, text in stale.items():
        if check:
            click.echo(f"{page.relative_to(DOCS.parent)} is out of date: make docs", err=True)
        else:
            page.write_text(text)
    sys.exit(bool(check and stale))


if __name__ == "__main__":
    main()
