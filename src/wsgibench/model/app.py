"""The app under test."""

import re
import sys

from wsgibench.errors import UsageError
from wsgibench.model.record import Record

_TARGET = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_][\w.]*(\(\))?")


class StaticFiles(Record, frozen=True, kw_only=True):
    """Files below ``directory`` that a proxy may serve itself under the URL prefix, ``/css/``, with these headers."""

    prefix: str
    directory: str
    headers: tuple[tuple[str, str], ...] = ()


class App(Record, frozen=True, kw_only=True):
    """A WSGI callable and where it lives.

    Attributes:
        target: ``module:attribute``, or ``module:create_app()`` for a factory called without arguments.
        directory: working directory and first entry of the import path.
        env: environment variables beside those that are inherited (``bench/environment.py`` says which).
        proxied_env: further ones where exactly one trusted proxy stands before the app.
        python: interpreter of the environment that has the app and its server.
        static: what a proxy serves itself.
        check_paths: paths that must answer alike on every stack before it is measured.
    """

    target: str
    directory: str
    env: tuple[tuple[str, str], ...] = ()
    proxied_env: tuple[tuple[str, str], ...] = ()
    python: str = sys.executable
    static: tuple[StaticFiles, ...] = ()
    check_paths: tuple[str, ...] = ("/",)

    def __post_init__(self) -> None:
        if not _TARGET.fullmatch(self.target):
            raise UsageError(
                f"'{self.target}' does not name an app.",
                "Write module:attribute, for example mysite.wsgi:application, or module:create_app() for a factory.",
            )

    @property
    def module(self) -> str:
        """``mysite.wsgi`` of ``mysite.wsgi:application``."""
        return self.target.partition(":")[0]

    @property
    def attribute(self) -> str:
        """``application`` of ``mysite.wsgi:application``, ``create_app`` of ``shop:create_app()``."""
        return self.target.partition(":")[2].removesuffix("()")

    @property
    def is_factory(self) -> bool:
        """Whether the target is called to get the app."""
        return self.target.endswith("()")
