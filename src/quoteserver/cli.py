"""``quoteserver``: fills stores and says what is in them. Serving is a web server's job: ``quoteserver.wsgi:app``."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import click

from quoteserver.errors import QuoteserverError, UsageError

_STORE = click.option("--store", metavar="URL", help="The store; by default QUOTES_STORE, else the packaged one.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="wsgibench")
def quoteserver() -> None:
    """Fills the stores of the quote server and says what is in them.

    A store is sqlite:///path, elasticsearch://host:9200/index, elasticsearch+https://host:9200/index or memory://.
    To serve the quotations, give quoteserver.wsgi:app to a WSGI server.
    """


@quoteserver.command()
@_STORE
@click.option("--file", type=click.Path(path_type=Path), help="JSONL or CSV, may be .gz; by default the packaged one.")
@click.option("--documents", type=click.IntRange(min=1), help="How many; by default as many as the file has texts.")
def load(store: str | None, file: Path | None, documents: int | None) -> None:
    """Fills a store from a file; it may be run again.

    Each line of the file has 'quote' and 'author'. Documents are numbered from 1 in its order, and where more are
    wanted than it has, document i is text (i - 1) mod N. Whatever the store held is replaced.
    """
    # Imported here, as below, so that --help need not wait for it.
    from quoteserver import stores  # noqa: PLC0415
    from quoteserver.quotations import PACKAGED, read_texts  # noqa: PLC0415

    texts = read_texts(file or PACKAGED)
    total = documents or len(texts)
    url = _url(store)
    with _progress(total) as show:
        for written in stores.load(url, texts, total):
            show(written)
    _say(url, as_json=False)


@quoteserver.command()
@_STORE
@click.option("--json", "as_json", is_flag=True, help="As one JSON object.")
def info(store: str | None, as_json: bool) -> None:  # noqa: FBT001 - click passes flags by name
    """Says the store's backend, documents and distinct texts."""
    _say(_url(store), as_json=as_json)


def main() -> None:
    """Runs the command; prints an error as one sentence and a hint.

    Exit codes: 0 done, 1 failed, 2 the command line is wrong, 3 the store does not answer, 130 interrupted.
    """
    try:
        quoteserver(standalone_mode=False)
    except QuoteserverError as exc:
        _fail(str(exc), exc.exit_code)
    except click.UsageError as exc:
        command = exc.ctx.command_path if exc.ctx else "quoteserver"
        _fail(f"{exc.format_message()}\nSee {command} --help.", UsageError.exit_code)
    except (KeyboardInterrupt, click.Abort):
        sys.exit(130)


def _fail(message: str, exit_code: int) -> None:
    click.echo(message, err=True)
    sys.exit(exit_code)


def _url(store: str | None) -> str:
    from quoteserver.stores import configured_url  # noqa: PLC0415

    return configured_url(store)


def _say(url: str, *, as_json: bool) -> None:
    from quoteserver.stores import open_store  # noqa: PLC0415

    with closing(open_store(url)) as store:
        contents = store.contents()._asdict()
    if as_json:
        click.echo(json.dumps(contents))
        return
    for name, value in contents.items():
        text = "not known" if value is None else f"{value:,}" if isinstance(value, int) else value
        click.echo(f"{name.replace('_', ' '):<15} {text}")


@contextmanager
def _progress(total: int) -> Iterator[Callable[[int], None]]:
    """A bar on stderr; where that is no terminal, nothing until the end."""
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    console = Console(stderr=True)
    columns = (TextColumn("Loading"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("", total=total)
        yield lambda written: progress.update(task, completed=written)
