"""The app under test."""

import ast
import re
import sys

import msgspec

from wsgibench.errors import UsageError
from wsgibench.model.record import Record

_TARGET = re.compile(r"\w[\w-]*(\.[\w-]+)*:[^\W\d]\w*(\.[^\W\d]\w*)*(?P<call>\(.*\))?")
"""A module may have any name that can be imported: ``run-shop``, ``2024.site``."""
_LONGEST = 500
INTERFACES = ("wsgi", "asgi")
"""How servers call apps."""


class StaticFiles(Record, frozen=True, kw_only=True):
    """Files below ``directory`` that a proxy may serve itself under the URL prefix, ``/css/``, with these headers."""

    prefix: str
    directory: str
    headers: tuple[tuple[str, str], ...] = ()


class App(Record, frozen=True, kw_only=True):
    """A WSGI or ASGI callable and where it lives.

    Attributes:
        target: ``module:attribute``, or ``module:create_app()`` for a factory; its arguments are literals.
        interface: how the target is to be called, ``wsgi`` or ``asgi``; empty where that is not known.
        asgi_target: the same app for servers of ASGI, where the target is for those of WSGI; else empty.
        directory: working directory and first entry of the import path.
        env: environment variables beside those that are inherited (``deploy/environment.py`` says which).
        proxied_env: further ones where exactly one trusted proxy stands before the app.
        python: interpreter of the environment that has the app and its server.
        static: what a proxy serves itself.
        check_paths: paths that must answer alike on every stack before it is measured.
    """

    target: str
    directory: str
    interface: str = "wsgi"
    asgi_target: str = ""
    env: tuple[tuple[str, str], ...] = ()
    proxied_env: tuple[tuple[str, str], ...] = ()
    python: str = sys.executable
    static: tuple[StaticFiles, ...] = ()
    check_paths: tuple[str, ...] = ("/",)

    def __post_init__(self) -> None:
        if self.interface not in ("", *INTERFACES):
            raise UsageError(f"No server calls apps by '{self.interface[:_LONGEST]}'.", "There are wsgi and asgi.")
        for target in (self.target, *filter(None, (self.asgi_target,))):
            _check(target)

    @property
    def words(self) -> str:
        """``shop:app``, ``shop.main:app (ASGI)``, and of an app in both forms both."""
        if self.asgi_target:
            return f"{self.target} and {self.asgi_target} (ASGI)"
        return f"{self.target} (ASGI)" if self.interface == "asgi" else self.target

    def called_by(self, interface: str) -> "App | None":
        """The app as servers of that interface call it; None where they cannot."""
        if interface == "asgi" and self.asgi_target:
            return msgspec.structs.replace(self, target=self.asgi_target, interface="asgi", asgi_target="")
        if self.interface and self.interface != interface:
            return None
        return msgspec.structs.replace(self, interface=interface, asgi_target="")

    @property
    def module(self) -> str:
        """``mysite.wsgi`` of ``mysite.wsgi:application``."""
        return self.target.partition(":")[0]

    @property
    def attribute(self) -> str:
        """``application`` of ``mysite.wsgi:application``, ``create_app`` of ``shop:create_app()``."""
        return self.target.partition(":")[2].partition("(")[0]

    @property
    def call(self) -> str:
        """``()`` of ``shop:create_app()``, ``('prod', debug=True)`` where it has arguments; empty without a call.

        Python's own text of literals, whatever the user wrote.
        """
        _, bracket, rest = self.target.partition("(")
        return _canonical(bracket + rest) or ""

    @property
    def is_factory(self) -> bool:
        """Whether the target is called to get the app."""
        return bool(self.call)

    @property
    def is_plain(self) -> bool:
        """Whether every server finds it by its target: no hyphen in a module, no dot in the attribute, no argument."""
        names = (*self.module.split("."), self.attribute)
        return self.call in ("", "()") and all(name.isidentifier() for name in names)


def _check(target: str) -> None:
    """Refuse what names no app."""
    is_fit = len(target) <= _LONGEST and target.isprintable()
    match = _TARGET.fullmatch(target) if is_fit else None
    if not match:
        raise UsageError(
            f"'{target[:_LONGEST]}' does not name an app.",
            "Write module:attribute, for example mysite.wsgi:application, or module:create_app() for a factory.",
        )
    if match["call"] and _canonical(match["call"]) is None:
        raise UsageError(
            f"The factory of '{target}' is called with what is no literal.",
            "Give numbers, texts, lists and dictionaries; for all else write a module that makes the app.",
        )


def _canonical(call: str) -> str | None:
    """The same call as Python writes it; None where an argument is no literal."""
    try:
        found = ast.parse(f"f{call}", mode="eval").body
        if not isinstance(found, ast.Call) or not isinstance(found.func, ast.Name) or found.func.id != "f":
            return None
        for argument in found.args:
            ast.literal_eval(argument)
        for keyword in found.keywords:
            ast.literal_eval(keyword.value)
            if keyword.arg is None:
                return None
    except (SyntaxError, ValueError, TypeError, MemoryError, RecursionError):
        return None
    return ast.unparse(found).removeprefix("f")
