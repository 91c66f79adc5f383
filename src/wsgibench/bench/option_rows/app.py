"""The app under test, and the stack that serves it."""

import shlex

from wsgibench.errors import UsageError
from wsgibench.model.option import Option
from wsgibench.model.plan import START_TIMEOUT_S


def words_of(command: str) -> tuple[str, ...]:
    """The words of a command, as a shell would have them.

    Raises:
        UsageError: a quotation in it does not end.
    """
    try:
        return tuple(shlex.split(command))
    except ValueError as exc:
        raise UsageError(f"'{command}' is no command: {exc}.", "Close the quotation: --prepare 'make assets'.") from exc


APP = (
    Option(
        key="app",
        kind="text",
        metavar="MODULE:ATTR",
        help="The app, WSGI or ASGI, or module:create_app() for a factory, with literals as arguments. Default: the "
        "quote server of the article.",
    ),
    Option(
        key="interface",
        kind="choice",
        default="auto",
        choices=("auto", "wsgi", "asgi"),
        help="How the app is to be called. auto: as its signature says, which is looked up in its own interpreter.",
    ),
    Option(
        key="asgi_app",
        kind="text",
        metavar="MODULE:ATTR",
        help="The same app for servers of ASGI, where --app is for those of WSGI: mysite.asgi:application.",
    ),
    Option(key="chdir", kind="directory", default=".", help="Where the app lives: working directory and import path."),
    Option(
        key="env",
        kind="text",
        metavar="NAME=VALUE",
        repeatable=True,
        help="An environment variable for the app, beside those of the shell. Repeatable.",
    ),
    Option(
        key="python",
        kind="interpreter",
        metavar="PATH",
        help="Interpreter of the environment that has the app and its servers, or the environment's folder. "
        "Default: this one.",
    ),
    Option(
        key="environments",
        kind="choice",
        default="auto",
        choices=("auto", "own", "shared"),
        help="Whether variants whose locks or requirements differ get an environment each, on top of that of --python, "
        "or share that one. auto: each its own, unless --python is given.",
    ),
    Option(
        key="variant",
        kind="text",
        metavar="NAME=WHAT",
        repeatable=True,
        help="A state of the app to measure beside others: NAME=DIRECTORY, NAME=revision:REVISION of Git, "
        "NAME=python:PATH, NAME=install:PACKAGE==VERSION, NAME=env:VARIABLE=VALUE, or NAME alone for the app as it "
        "is, or as [variants.NAME] of wsgibench.toml has it. Repeatable.",
    ),
    Option(
        key="prepare",
        kind="text",
        metavar="COMMAND",
        help="What is run once before the measuring, for each variant, where it lives and with its interpreter's "
        "programs first on PATH: 'python manage.py migrate'. No shell.",
        check=words_of,
    ),
    Option(
        key="stack",
        kind="text",
        metavar="STACK",
        repeatable=True,
        help="What to serve both states with; see wsgibench list. Default: gunicorn, and uvicorn for an ASGI app. "
        "Repeatable.",
    ),
    Option(
        key="store",
        kind="text",
        metavar="URL",
        help="The quote server's store: sqlite:///FILE, elasticsearch://HOST:9200/INDEX or memory://.",
    ),
    Option(
        key="workers",
        kind="integer",
        metavar="N",
        help="Worker processes of each server. Default: as many as the stack has cores, at least 2.",
    ),
    Option(key="threads", kind="integer", default=1, metavar="N", help="Threads of each worker."),
    Option(key="host", kind="text", default="127.0.0.1", metavar="ADDRESS", help="Address to listen on."),
    Option(key="port", kind="integer", default=8080, metavar="N", help="Port to listen on; 0 takes any that is free."),
    Option(
        key="start_timeout",
        field="start_timeout_s",
        kind="duration",
        default=f"{START_TIMEOUT_S:g}s",
        metavar="TIME",
        help="How long a stack may take until it answers, with another status than 503.",
    ),
)
