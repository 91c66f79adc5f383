"""A verdict as GitHub's Markdown, to paste into a pull request."""

from itertools import groupby

from wsgibench.model.verdict import Ranking, Verdict
from wsgibench.report.conclusions.capacity import needed_in_words
from wsgibench.report.conclusions.changes import changes, changes_title
from wsgibench.report.conclusions.claim_lines import ClaimLine, claim_lines
from wsgibench.report.conclusions.closing import certainty, closing, limits
from wsgibench.report.conclusions.costs import COSTS_SAID, cost_tables
from wsgibench.report.conclusions.functions import FUNCTIONS_SAID, function_tables, functions_in_words
from wsgibench.report.conclusions.over_stacks import over_stacks
from wsgibench.report.conclusions.rankings import heading_of, headline, rows, title
from wsgibench.report.conclusions.winners import Winner, winners
from wsgibench.report.markdown import escaped, items, table
from wsgibench.report.variants import bodies_between_in_words, variants_in_words
from wsgibench.units import counted

_COLUMNS = ("rank", "stack", "figure", "95 % interval", "")
_WINNERS = ("what", "", "stack", "figure", "95 % interval", "by how much")
_LEFT = {"rank", "stack", "", "what", "by how much"}


def markdown(verdict: Verdict) -> str:
    """The whole verdict; ends with a newline. The rankings that nobody asked for are folded."""
    parts = [items(variants_in_words(verdict.circumstances))] if verdict.circumstances.variants else []
    parts += _changes(verdict)
    parts += [part for ranking in verdict.asked for part in _ranking(title(verdict, ranking), ranking)]
    parts += [escaped(sentence) for sentence in needed_in_words(verdict)]
    if any(ranking.comparisons for ranking in verdict.rankings):
        cells = [
            (each.what, each.kind.value, each.stacks, each.value, each.interval.strip("()"), each.remark)
            for each in winners(verdict)
        ]
        parts += ["#### What wins on what", table(_WINNERS, cells, left=_LEFT)]
    for heading, lines in groupby(claim_lines(verdict), key=lambda line: line.heading):
        parts += [f"#### {escaped(heading)}", "\n".join(_claim(line) for line in lines)]
    parts.append("\n".join(map(escaped, closing(verdict))))
    others = [ranking for ranking in verdict.rankings if not ranking.asked and ranking.comparisons]
    if others:
        parts += ["<details><summary>By the other figures</summary>"]
        parts += [part for ranking in others for part in _ranking(heading_of(verdict, ranking), ranking)]
        parts += ["</details>"]
    parts.append(items([*certainty(verdict), *limits(verdict)]))
    if packages := verdict.circumstances.packages:
        parts += [
            f"<details><summary>{counted(len(packages), 'package')} of the app's environment</summary>",
            escaped(", ".join(f"{name} {version}" for name, version in packages.items())),
            "</details>",
        ]
    return "\n\n".join(parts) + "\n"


def _changes(verdict: Verdict) -> list[str]:
    lines = [f"- {'**' * each.asked}{escaped(each.sentence)}{'**' * each.asked}" for each in changes(verdict)]
    if not lines:
        return []
    lines += [f"- {escaped(each.sentence)}" for each in over_stacks(verdict)]
    lines += [f"- {escaped(sentence)}" for sentence in bodies_between_in_words(verdict)]
    return [f"#### {escaped(changes_title(verdict))}", "\n".join(lines), *_costs(verdict), *_functions(verdict)]


def _costs(verdict: Verdict) -> list[str]:
    tables = cost_tables(verdict)
    parts = [
        part for each in tables for part in (f"#### {escaped(each.title)}", table(each.columns, each.rows, left={""}))
    ]
    return [*parts, escaped(COSTS_SAID)] if parts else []


def _functions(verdict: Verdict) -> list[str]:
    parts = [
        part
        for each in function_tables(verdict)
        for part in (f"#### {escaped(each.title)}", table(each.columns, each.rows, left={""}))
    ]
    return [*parts, *([escaped(FUNCTIONS_SAID)] if parts else []), *map(escaped, functions_in_words(verdict))]


def _ranking(heading: str, ranking: Ranking) -> list[str]:
    cells = [(row.rank, row.stack, row.value, row.interval.strip("()"), row.remark) for row in rows(ranking)]
    return [f"#### {escaped(heading)}", table(_COLUMNS, cells, left=_LEFT), f"**{escaped(headline(ranking))}**"]


def _cells(row: Winner) -> tuple[str, ...]:
    return row.what, row.kind.value, row.stacks, row.value, row.interval.strip("()"), row.remark


def _claim(line: ClaimLine) -> str:
    why = f" ({escaped('; '.join(line.why))})" if line.why else ""
    return f"{line.number}. **{line.answer.value}**: {escaped(line.text)}{why}"
