"""The sample app's store, asked through the app's own command."""

import json

from wsgibench.deploy.environment import built_environment
from wsgibench.errors import MissingError, StartError, UsageError, WsgibenchError
from wsgibench.model.app import App
from wsgibench.model.record import Record
from wsgibench.processes.programs import output_of

_TIMEOUT_S = 60.0
_ERRORS: dict[int | None, type[WsgibenchError]] = {2: UsageError, 3: MissingError}
"""By the command's exit code, which means the same as ours."""


class Store(Record, frozen=True, kw_only=True):
    """What a store holds; ``words`` for people."""

    words: str
    first_id: int
    last_id: int


def look_at_store(app: App) -> Store:
    """What the sample app's store holds; one of sqlite is built, if that is still to be done.

    Raises:
        UsageError, MissingError, StartError: it does not answer; in the app's own words.
    """
    code, said = output_of(
        (app.python, "-P", "-m", "quoteserver", "info", "--json"),
        timeout_s=_TIMEOUT_S,
        directory=app.directory,
        env=app.env,
        inherited=built_environment(),
    )
    try:
        info = json.loads(said) if code == 0 else None
        if info:
            texts = f"{info['documents']:,} documents, {info['distinct_texts']:,} distinct texts"
            return Store(
                words=f"{info['backend']}, {texts}", first_id=int(info["first_id"]), last_id=int(info["last_id"])
            )
    except (ValueError, KeyError, TypeError):
        pass
    message, _, hint = said.strip()[-1000:].partition("\n")
    error = _ERRORS.get(code, StartError)
    raise error(message.removeprefix("quoteserver: ") or "The quote server's store does not answer.", hint)
