"""``wsgibench doctor``."""

import sys

import click
from rich.text import Text

from wsgibench.bench.doctor import examine
from wsgibench.cli.options import takes
from wsgibench.cli.output import console, print_json, say_missing, table
from wsgibench.cli.terminal import say
from wsgibench.model.check import Check

_SIGNS = {"good": ("ok", "green"), "warning": ("warning", "yellow"), "missing": ("missing", "yellow")}


@click.command(name="doctor")
@takes("python", "json")
def command(*, python: str | None, json: bool) -> None:
    """What is installed, and is this machine fit to measure?

    Each finding says what it means for a measurement and what to do about it.
    """
    checks = list(examine(python or sys.executable))
    if json:
        print_json(checks)
        return
    console().print(table(("", "what", "found"), [_row(check) for check in checks]))
    for check in checks:
        if check.advice and check.state != "missing":
            say(f"\n{check.topic} {check.name}: {check.value}.")
            for line in filter(None, (check.meaning, check.advice)):
                say(f"  {line}")
    say_missing(checks, python or sys.executable)
    warnings = sum(check.state == "warning" for check in checks)
    say(f"\n{_conclusion(warnings)}")


def _row(check: Check) -> tuple[Text, str, str]:
    sign, colour = _SIGNS[check.state]
    return Text(sign, style=colour), f"{check.topic} {check.name}", check.value


def _conclusion(warnings: int) -> str:
    if not warnings:
        return "This machine is fit to measure."
    return f"{warnings} thing{'s' if warnings > 1 else ''} here will widen the uncertainty of what is measured."
