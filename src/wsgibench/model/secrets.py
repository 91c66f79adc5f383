"""What is nobody else's business: values of the app's environment and of headers, bodies, passwords in URLs."""

import re
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from wsgibench.as_json import as_json
from wsgibench.model.plan import Plan
from wsgibench.model.run import Run

HIDDEN = "(left out)"

_LONG_ENOUGH = 6
"""Shorter values are hidden beside their names only: a ``1`` stands everywhere."""

_HOST = r"(?:\[[^\]\s]*\]|[^\s\"'/?#@:]+)(?::\d*)?"
_PASSWORD = re.compile(rf"(?<=://)(?!(?:{_HOST})?[/?#])[^\s\"']+(?=@)")
"""All up to the last ``@`` of a word, unless a host and no more stands before its path, where an ``@`` is none of a
password's (RFC 3986, section 3.2). Where it begins as a password does it may hold a slash, or an ``@`` of its own."""


@dataclass(frozen=True)
class Secrets:
    """Names and values that a plan was given."""

    pairs: tuple[tuple[str, str], ...]
    body: str | None = None

    @classmethod
    def of(cls, plan: Plan) -> "Secrets":
        """Those of the plan."""
        of_variants = [pair for variant in plan.variants for pair in variant.env]
        return cls((*plan.app.env, *plan.app.proxied_env, *of_variants, *plan.requests.headers), plan.requests.body)

    def joined(self, words: Sequence[str]) -> str:
        """A command line without them: hidden before it is quoted, for a quoted value is another one."""
        return shlex.join(self.hidden(word) for word in words)

    def hidden(self, text: str) -> str:
        """The text without them."""
        for name, value in self.pairs:
            if not value:
                continue
            # NAME=value, NAME='value', NAME: value, "NAME", "value": as shells, settings and JSON write it.
            beside = rf"({re.escape(name)}[\"']?\s*[=:,]\s*[\"']?){re.escape(value)}"
            text = re.sub(beside, lambda match: match[1] + HIDDEN, text, flags=re.IGNORECASE)
        bare = [value for _, value in self.pairs] + [self.body or ""]
        # The longest first: one may be part of another.
        for value in sorted(bare, key=len, reverse=True):
            if len(value) >= _LONG_ENOUGH:
                text = text.replace(value, HIDDEN)
        return _PASSWORD.sub(HIDDEN, text)

    def hidden_in_call(self, app: str) -> str:
        """The words for an app without them: where it is found is none, but what its factory is called with may be."""
        name, bracket, arguments = app.partition("(")
        return name + self.hidden(bracket + arguments)


def without_secrets(run: Run) -> dict[str, Any]:
    """What ``run.json`` holds of the run, with every such value replaced wherever it stands; its names stay."""
    plan = run.plan
    app = msgspec.structs.replace(plan.app, env=_names(plan.app.env), proxied_env=_names(plan.app.proxied_env))
    requests = msgspec.structs.replace(
        plan.requests,
        headers=_names(plan.requests.headers),
        body=None if plan.requests.body is None else HIDDEN,
    )
    variants = tuple(msgspec.structs.replace(each, env=_names(each.env)) for each in plan.variants)
    plan = msgspec.structs.replace(plan, app=app, requests=requests, variants=variants)
    # As JSON has it: a record would refuse what hiding makes of a target or a commit.
    shown = msgspec.json.decode(as_json(msgspec.structs.replace(run, plan=plan)))
    found: dict[str, Any] = _everywhere(shown, Secrets.of(run.plan).hidden)
    return found


def _everywhere(value: Any, hidden: Callable[[str], str]) -> Any:  # noqa: ANN401  # what JSON holds
    """The value with each string in it hidden; names of fields stay."""
    match value:
        case str():
            return hidden(value)
        case list():
            return [_everywhere(each, hidden) for each in value]
        case dict():
            return {name: _everywhere(each, hidden) for name, each in value.items()}
    return value


def _names(pairs: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    return tuple((name, HIDDEN) for name, _ in pairs)
