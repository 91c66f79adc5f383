"""A quick wrong answer is no answer: what one stack says is what the others say."""

from wsgibench.model.answers import ComparedBodies, WrongBody
from wsgibench.model.trial import GateResult
from wsgibench.units import counted

_SHOWN = 80
BY_NATURE = (
    "If bodies differ by nature from stack to stack or from start to start, let status alone count: --bodies off."
)


def same_bodies(found: ComparedBodies) -> GateResult:
    """No answer is contradicted by a majority of the stacks, nor by as many as agree with it."""
    return GateResult(
        name="same-bodies",
        passed=not found.wrong and found.split is None,
        figure=float(found.differing),
        threshold=None,
        unit="paths",
        cause=_cause(found),
        advice=f"The stack serves something else, or breaks under load. {BY_NATURE}",
    )


def _cause(found: ComparedBodies) -> str:
    contradiction = _contradiction(found)
    if found.shown_in is not None:
        return f"Shown in block {found.shown_in}: {contradiction}"
    of_all = f"{max(found.differing, len(found.wrong)):,} of {found.compared:,} paths"
    if found.wrong or found.split is not None:
        how_many = f"{of_all} were answered otherwise than by other stacks: {contradiction}"
        return how_many if found.compared else contradiction[0].upper() + contradiction[1:]
    if not found.compared:
        return "No other stack was asked for the same paths."
    if found.differing:
        return f"{of_all} were answered otherwise than by other stacks{_why(found)}."
    return f"All {found.compared:,} paths that were compared were answered as by other stacks."


def _why(found: ComparedBodies) -> str:
    """What asking again showed of that: no more is said than was seen."""
    if found.unsettled:
        return ", and could not be asked again: who is right is not known"
    if found.explained:
        return f", which is their nature as far as they were asked again ({counted(found.explained, 'path')})"
    return ""


def _contradiction(found: ComparedBodies) -> str:
    if found.wrong:
        return f"it answered {wrong_in_words(found.wrong[0])}"
    return f"nobody knows who is right: it answered {wrong_in_words(found.split)}" if found.split else ""


def wrong_in_words(wrong: WrongBody) -> str:
    """The path, what came and what should have: ``'/7' with 'no' where 'gunicorn' and 'uwsgi' say 'yes'.``."""
    agreeing = _listed([f"'{stack}'" for stack in wrong.agreeing]) or "others"
    verb = "say" if len(wrong.agreeing) != 1 else "says"
    return f"{shown(wrong.path)} with {_body(wrong.wrong)} where {agreeing} {verb} {_body(wrong.right)}."


def shown(text: str) -> str:
    """A line of it, in quotes, with nothing in it that a terminal would obey."""
    cut = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in f"'{cut}'")


def _body(text: str) -> str:
    return shown(text) if text else "nothing"


def _listed(names: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
