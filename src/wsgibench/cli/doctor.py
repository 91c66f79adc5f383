"""``wsgibench doctor``."""

import sys

import click
from rich.text import Text

from wsgibench.bench.doctor import examine
from wsgibench.cli.options import takes
from wsgibench.cli.output import console, print_json, table
from wsgibench.cli.terminal import say
from wsgibench.model.finding import Finding

_SIGNS = {"good": ("ok", "green"), "warning": ("warning", "yellow"), "missing": ("missing", "yellow")}


@click.command(name="doctor")
@takes("python", "json")
def command(*, python: str | None, json: bool) -> None:
    """What is installed, and is this machine fit to measure?

    Each finding says what it means for a measurement and what to do about it.
    """
    findings = list(examine(python or sys.executable))
    if json:
        print_json(findings)
        return
    console().print(table(("", "what", "found"), [_row(finding) for finding in findings]))
    for finding in findings:
        if finding.advice:
            say(f"\n{finding.topic} {finding.name}: {finding.value}.")
            for line in filter(None, (finding.meaning, finding.advice)):
                say(f"  {line}")
    warnings = sum(finding.state == "warning" for finding in findings)
    say(f"\n{_conclusion(warnings)}")


def _row(finding: Finding) -> tuple[Text, str, str]:
    sign, colour = _SIGNS[finding.state]
    return Text(sign, style=colour), f"{finding.topic} {finding.name}", finding.value


def _conclusion(warnings: int) -> str:
    if not warnings:
        return "This machine is fit to measure."
    return f"{warnings} thing{'s' if warnings > 1 else ''} here will widen the uncertainty of what is measured."
