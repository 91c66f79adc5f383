"""What a user is warned of before anything starts."""

from collections.abc import Iterable

from wsgibench.cli.terminal import say
from wsgibench.deploy.hops import danger_of
from wsgibench.model.stack import Stack


def warn_of_danger(stacks: Iterable[Stack]) -> None:
    """Say of each stack on stderr if it lets other users of this machine run code."""
    for danger in filter(None, map(danger_of, stacks)):
        say(f"{danger}\nLeave ':tcp' out where others can log in.", err=True)
