"""Options as click takes them: verbs name those of the table that they have."""

from collections.abc import Callable
from typing import Any, TypeVar

import click
import msgspec
from click.core import ParameterSource

from wsgibench.bench.option_rows import engine, requests
from wsgibench.cli.option_table import OPTIONS
from wsgibench.errors import UsageError
from wsgibench.model.load import LOADS
from wsgibench.model.option import Option
from wsgibench.processes.interpreter import interpreter_at


class _Figure(click.ParamType[float]):
    """What is written with a unit."""

    def __init__(self, option: Option) -> None:
        self.name, self._option = option.kind, option

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:  # noqa: ANN401, ARG002
        # A configuration file may have it as a number.
        return float(self._option.parsed(str(value)))


class _Port(click.ParamType[int]):
    name = "port"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:  # noqa: ANN401, ARG002
        if not str(value).isdigit() or int(value) > 65_535:
            raise UsageError(f"'{value}' is no port.", "Give one, as in --serve 8000, or nothing, after the stacks.")
        return int(value)


_SHOWN_MOST = 100
_NUMBER_MOST = 2**63
"""What records hold."""


class _Interpreter(click.ParamType[str]):
    name = "interpreter"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ANN401, ARG002
        return interpreter_at(str(value))


APP = ("app", "interface", "asgi_app", "chdir", "env", "python")
"""Options that say what is served, of every verb that starts a stack of the user's app."""
VARIANTS = ("environments", "variant", "prepare")
LOAD = (*(row.key for load in LOADS if load.has_company for row in load.rows), "duration", "warmup")
LOAD_ALONE = tuple(row.key for load in LOADS if not load.has_company for row in load.rows)
"""Those of loads that fill a run by themselves."""
REQUESTS = tuple(row.key for row in requests.REQUESTS)
ENGINES_OWN = engine.ENGINES_OWN
CORES = ("cores", "stack_cores", "engine_cores", "other_cpu", "host")
RUNNING = ("monitor", "start_timeout", "serve", "out", "pictures", "cumulative", "export")
"""Options that every verb that measures takes."""
UNSAID = {key: () if option.repeatable else option.default for key, option in OPTIONS.items()}
"""What options say that a verb does not have."""

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def given(context: click.Context) -> tuple[str, ...]:
    """The command line that says what was asked for, be it there, in ``wsgibench.toml`` or both."""
    words: list[str] = []
    for parameter in context.command.params:
        value = context.params.get(parameter.name or "")
        source = context.get_parameter_source(parameter.name or "")
        if source is ParameterSource.DEFAULT or value is None:
            continue
        values = value if isinstance(value, tuple) else (value,)
        if isinstance(parameter, click.Argument):
            words += map(str, values)
        elif isinstance(value, bool):
            words += [parameter.opts[0]] if value else []
        else:
            words += [word for each in values for word in (parameter.opts[0], str(each))]
    return tuple(words)


def takes(*keys: str, several: tuple[str, ...] = (), **defaults: object) -> Callable[[Decorated], Decorated]:
    """A decorator that gives a command these options.

    ``defaults`` change the table's for this command; those named in ``several`` may be given several times.
    """

    def decorate(function: Decorated) -> Decorated:
        for key in reversed(keys):
            option = OPTIONS[key]
            if key in several:
                option = msgspec.structs.replace(option, repeatable=True, help=f"{option.help} Repeatable.")
            function = _click_option(option, defaults.get(key, option.default))(function)
        return function

    return decorate


def _click_option(option: Option, default: object) -> Callable[[Decorated], Decorated]:
    if option.kind == "flag":
        return click.option(option.flag, option.key, is_flag=True, default=bool(default), help=option.help)
    kinds: dict[str, Any] = {
        "text": str,
        "file": str,
        "integer": int,
        "duration": _Figure(option),
        "rate": _Figure(option),
        "share": _Figure(option),
        "port": _Port(),
        "interpreter": _Interpreter(),
        "directory": click.Path(exists=True, file_okay=False, resolve_path=True),
        "choice": click.Choice(option.choices),
    }
    # Where a port may be left out, any that is free is taken.
    left_out: dict[str, Any] = {"is_flag": False, "flag_value": "0"} if option.kind == "port" else {}
    return click.option(
        option.flag,
        option.key,
        cls=_Repeatable if option.repeatable else _Single,
        type=kinds[option.kind],
        default=_several(default) if option.repeatable else default,
        multiple=option.repeatable,
        metavar=option.metavar,
        help=option.help,
        show_default=default is not None,
        **left_out,
    )


class _Single(click.Option):
    """An option with one value."""

    def type_cast_value(self, ctx: click.Context, value: Any) -> Any:  # noqa: ANN401
        if isinstance(value, list | tuple):
            raise click.BadParameter(f"it takes one value here, not {list(value)}.", ctx, self)
        return _sound(super().type_cast_value, ctx, value, self)


class _Repeatable(click.Option):
    """An option that may be given several times; in ``wsgibench.toml`` once, without a list, too."""

    def type_cast_value(self, ctx: click.Context, value: Any) -> Any:  # noqa: ANN401
        several = (value,) if isinstance(value, str | int | float) else value
        return _sound(super().type_cast_value, ctx, several, self)


def _sound(cast: Callable[..., Any], ctx: click.Context, value: Any, option: click.Option) -> Any:  # noqa: ANN401
    """The value as the option takes it; ``wsgibench.toml`` can hold what no command line can.

    Raises:
        click.BadParameter: it takes none such.
    """
    try:
        found = cast(ctx, value)
    except (OverflowError, TypeError, ValueError) as exc:
        raise click.BadParameter(f"{str(value)[:_SHOWN_MOST]!r} cannot be used: {exc}.", ctx, option) from exc
    for each in found if isinstance(found, tuple) else (found,):
        if isinstance(each, str) and "\0" in each:
            raise click.BadParameter("it cannot hold a zero byte.", ctx, option)
        if isinstance(each, int | float) and not abs(each) < _NUMBER_MOST:
            raise click.BadParameter("it is no number that means anything here.", ctx, option)
    return found


def _several(default: object) -> tuple[object, ...]:
    return () if default is None else (default,)


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
        if any(ord(character) < 32 for character in value):
            raise UsageError(f"The value of {name} holds a line break or a tab.", "Let the app read it from a file.")
        found.append((name, value))
    return tuple(found)
