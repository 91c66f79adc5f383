"""The table of options. Each is defined here once; verbs name those that they take."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

from wsgibench.errors import UsageError
from wsgibench.model.option import Option
from wsgibench.units import parse_duration, parse_rate

OPTIONS: Mapping[str, Option] = {
    option.key: option
    for option in (
        Option(
            key="app",
            kind="text",
            metavar="MODULE:ATTR",
            help="The WSGI app, or module:create_app() for a factory. Default: the quote server of the article.",
        ),
        Option(
            key="chdir", kind="directory", default=".", help="Where the app lives: working directory and import path."
        ),
        Option(
            key="env",
            kind="text",
            metavar="NAME=VALUE",
            repeatable=True,
            help="An environment variable for the app. Repeatable.",
        ),
        Option(
            key="python",
            kind="text",
            metavar="PATH",
            help="Interpreter of the environment that has the app and its servers. Default: this one.",
        ),
        Option(
            key="store",
            kind="text",
            metavar="URL",
            help="The quote server's store: sqlite:///FILE, elasticsearch://HOST:9200/INDEX or memory://.",
        ),
        Option(key="workers", kind="integer", default=2, metavar="N", help="Worker processes of each server."),
        Option(key="threads", kind="integer", default=1, metavar="N", help="Threads of each worker."),
        Option(key="host", kind="text", default="127.0.0.1", metavar="ADDRESS", help="Address to listen on."),
        Option(
            key="port", kind="integer", default=8080, metavar="N", help="Port to listen on; 0 takes any that is free."
        ),
        Option(
            key="start_timeout",
            kind="duration",
            default="10s",
            metavar="TIME",
            help="How long a stack may take until it answers.",
        ),
        Option(key="json", kind="flag", default=False, help="Print one JSON document."),
    )
}


class _Duration(click.ParamType[float]):
    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:  # noqa: ANN401, ARG002
        return float(value) if isinstance(value, int | float) else parse_duration(value)


class _Rate(click.ParamType[float]):
    name = "rate"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:  # noqa: ANN401, ARG002
        return float(value) if isinstance(value, int | float) else parse_rate(value)


Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def takes(*keys: str, **defaults: object) -> Callable[[Decorated], Decorated]:
    """A decorator that gives a command these options; ``defaults`` change the table's for this command."""

    def decorate(function: Decorated) -> Decorated:
        for key in reversed(keys):
            function = _click_option(OPTIONS[key], defaults.get(key, OPTIONS[key].default))(function)
        return function

    return decorate


def _click_option(option: Option, default: object) -> Callable[[Decorated], Decorated]:
    if option.kind == "flag":
        return click.option(option.flag, option.key, is_flag=True, default=bool(default), help=option.help)
    kinds: dict[str, Any] = {
        "text": str,
        "integer": int,
        "number": float,
        "duration": _Duration(),
        "rate": _Rate(),
        "directory": click.Path(exists=True, file_okay=False, resolve_path=True),
        "choice": click.Choice(option.choices),
    }
    return click.option(
        option.flag,
        option.key,
        type=kinds[option.kind],
        default=() if option.repeatable and default is None else default,
        multiple=option.repeatable,
        metavar=option.metavar,
        help=option.help,
        show_default=default is not None and not option.repeatable,
    )


def pairs(texts: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Names and values of ``NAME=VALUE`` texts.

    Raises:
        UsageError: one has no name or no equals sign.
    """
    found = []
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.replace("_", "a").isalnum() or name[0].isdigit():
            raise UsageError(f"'{text}' sets no environment variable.", "Write --env NAME=VALUE.")
        found.append((name, value))
    return tuple(found)
