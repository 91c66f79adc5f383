"""``wsgibench``: the verbs, and the one place where errors are printed and become exit codes."""

import importlib
import sys
from typing import NoReturn

import click

from wsgibench import __version__
from wsgibench.cli.configuration import VARIANTS_KEY, configured
from wsgibench.cli.failures import failure_of
from wsgibench.cli.terminal import say
from wsgibench.errors import UnknownNameError, UsageError, WsgibenchError
from wsgibench.processes.interruption import end_in_good_order, end_of_interruption

INTERRUPTED = 130
_SUMMARIES = {
    "ab": "Did my change make it slower? Two states of an app side by side.",
    "capacity": "How much will it bear? The most requests/s at which limits are kept.",
    "compare": "Runs side by side: what changed, and what became of each stack.",
    "doctor": "What is installed, and is this machine fit to measure?",
    "down": "Stop the article's landscape.",
    "list": "Servers, proxies, engines, monitors, stores: which are here, and how to get the others.",
    "report": "Make the report, pictures and tables of a run again, or a page of several.",
    "resume": "Go on with an interrupted run.",
    "run": "The experiment: stacks started, proved right and measured in random order.",
    "serve": "One stack in the foreground.",
    "status": "What of the article's landscape runs.",
    "up": "The article's landscape: all its servers behind one nginx.",
}
"""Known without importing the verbs, so that --help is quick; a test holds them against the verbs' own."""


class Verbs(click.Group):
    """The commands of this package: one a file, imported when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """The names of all verbs."""
        return sorted(_SUMMARIES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The verb of that name."""
        if cmd_name not in self.list_commands(ctx):
            raise UnknownNameError("command", cmd_name, self.list_commands(ctx))
        module = importlib.import_module(f"wsgibench.cli.{cmd_name}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The verbs with a line each."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, _SUMMARIES[name]) for name in self.list_commands(ctx)])


@click.group(
    cls=Verbs,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="First: wsgibench doctor. Then: wsgibench serve nginx+uwsgi. Options may also stand in wsgibench.toml.",
)
@click.version_option(__version__, prog_name="wsgibench", message="%(prog)s %(version)s")
@click.pass_context
def wsgibench_command(ctx: click.Context) -> None:
    """Finds the best way to serve your Python web app on this machine, and says how sure it is."""
    options = configured()
    # A table, which is no option's value: the verbs that have variants ask for it.
    ctx.meta[VARIANTS_KEY] = options.pop("variants", {})
    ctx.default_map = dict.fromkeys(_SUMMARIES, options)


def main() -> NoReturn:
    """Run a command and exit with its code."""
    end_in_good_order()
    try:
        code = wsgibench_command.main(standalone_mode=False)
        sys.stdout.flush()
    except WsgibenchError as exc:
        _say(exc.message, exc.hint)
        code = exc.exit_code
    except click.exceptions.NoArgsIsHelpError as exc:
        say(exc.format_message())
        code = 0
    except click.ClickException as exc:
        where = exc.ctx.command_path if isinstance(exc, click.UsageError) and exc.ctx else "wsgibench"
        _say(exc.format_message(), f"See {where} --help.")
        code = UsageError.exit_code
    except (KeyboardInterrupt, click.Abort):
        end_of_interruption()
        _say("Interrupted.", "")
        code = INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone; python would complain once more when it closes stdout.
        sys.stdout = None
        code = 0
    except (OSError, MemoryError) as exc:
        failure = failure_of(exc)
        _say(failure.message, failure.hint)
        code = failure.exit_code
    sys.exit(code if isinstance(code, int) else 0)


def _say(message: str, hint: str) -> None:
    say(f"wsgibench: {message}", err=True)
    if hint:
        say(hint, err=True)
