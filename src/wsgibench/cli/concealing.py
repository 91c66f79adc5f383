"""Options whose values are nobody else's business."""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from wsgibench.errors import WsgibenchError
from wsgibench.model.secrets import Secrets
from wsgibench.processes.command_line import conceal

Command = TypeVar("Command", bound=Callable[..., None])


@contextmanager
def concealing(secrets: Secrets) -> Iterator[None]:
    """Keep these off this process's command line, and out of errors, which quote what servers said."""
    conceal(secrets.hidden)
    try:
        yield
    except WsgibenchError as exc:
        exc.message, exc.hint = secrets.hidden(exc.message), secrets.hidden(exc.hint)
        raise


def conceals(command: Command) -> Command:
    """A decorator: what the command has of the app's environment, of headers and bodies is concealed while it runs."""

    @functools.wraps(command)
    def run(*arguments: Any, **options: Any) -> None:  # noqa: ANN401  # as the command has them
        with concealing(_given(options)):
            command(*arguments, **options)

    return run  # type: ignore[return-value]  # it takes what the command takes


def _given(options: dict[str, Any]) -> Secrets:
    pairs = [text.partition("=")[::2] for text in options.get("env") or ()]
    variants = [text.partition("=")[2] for text in options.get("variant") or ()]
    pairs += [what.removeprefix("env:").partition("=")[::2] for what in variants if what.startswith("env:")]
    pairs += [text.partition(":")[::2] for text in options.get("header") or ()]
    return Secrets(tuple((name, value.strip()) for name, value in pairs), options.get("body"))
