"""What changed in circumstances from one run to another."""

from collections.abc import Collection, Iterator, Sequence

import msgspec

from wsgibench.analysis.comparison.facts import FACTS
from wsgibench.analysis.comparison.packages import package_differences, under_every_server
from wsgibench.analysis.made_with import made_with
from wsgibench.analysis.verdict.circumstances import placed
from wsgibench.model.comparison import Difference
from wsgibench.model.curve import CURVE, Curve
from wsgibench.model.load import Load
from wsgibench.model.record import Record
from wsgibench.model.run import FinishedRun, Run
from wsgibench.model.secrets import Secrets
from wsgibench.model.stack import DIRECT
from wsgibench.units import format_duration

_ALIKE = 0.1
"""Rates so near: far from what a stack bears, latencies differ by less."""


def differences(
    first: FinishedRun, second: FinishedRun, labels: Sequence[str], phases: Collection[str]
) -> tuple[Difference, ...]:
    """Whatever differs, grouped; ``labels`` are the stacks of both runs, ``phases`` those whose figures are compared.

    Values that may be secrets (environment, headers, bodies) are named and never shown.
    """
    before, after = first.run, second.run
    return (
        *_cores(first, second),
        *_versions(before, after, labels),
        *package_differences(before, after, told={*before.versions, *after.versions}),
        *_facts(before, after),
        *_engine_options(before, after),
        *_secrets(before, after),
        *_loads(before, after, phases),
        *_stacks(before, after, labels),
    )


def _facts(before: Run, after: Run) -> Iterator[Difference]:
    for fact in FACTS:
        old, new = fact.of(before), fact.of(after)
        if old != new:
            old, new = _shown(before, after, old, new)
            stacks = () if fact.group == "measuring" else None
            yield Difference(group=fact.group, name=fact.name, before=old, after=new, stacks=stacks, unlike=fact.unlike)


def _shown(before: Run, after: Run, old: str | None, new: str | None) -> tuple[str | None, str | None]:
    """What a user wrote in both, without the secrets of either; of two that differ in these alone the later says so."""
    secrets = Secrets.of(before.plan), Secrets.of(after.plan)
    old, new = (text and secrets[1].hidden(secrets[0].hidden(text)) for text in (old, new))
    return old, f"{new}, set otherwise" if old == new else new


def controls_of(changed: Sequence[Difference], labels: Sequence[str]) -> tuple[str, ...]:
    """Stacks that no difference is about, if there are differences about others.

    What measures may differ: it does the same to all, so that beside the controls it cancels.
    """
    if any(difference.stacks is None for difference in changed):
        return ()
    touched = {label for difference in changed for label in difference.stacks or ()}
    return tuple(label for label in labels if label not in touched) if touched else ()


def _cores(first: FinishedRun, second: FinishedRun) -> Iterator[Difference]:
    """How many the stacks had, and whether the engine ran on them: what else a core does, a stack does not."""
    old, new = (_stack_cores(run) for run in (first, second))
    if old != new:
        yield Difference(group="machine", name="cores of the stacks", before=old, after=new)


def _stack_cores(run: FinishedRun) -> str | None:
    found = placed(run.run, run.trials)
    if found is None:
        return None
    return f"{len(found.stack)} {'shared with the engine' if found.shared else 'without the engine'}"


def _versions(before: Run, after: Run, labels: Sequence[str]) -> Iterator[Difference]:
    parts = {
        stack.label: {made_with(run).stacks[stack.label].distribution, stack.proxy} - {DIRECT}
        for run in (before, after)
        for stack in run.plan.stacks
    }
    of_some = {part for each in parts.values() for part in each if not under_every_server(part)}
    measuring = {*made_with(before).measuring} & {*made_with(after).measuring}
    # The machine tells which python it is.
    for name in sorted({*before.versions, *after.versions} - {"python"}):
        old, new = before.versions.get(name), after.versions.get(name)
        mine = tuple(label for label in labels if name in parts[label])
        # What only stacks have that are not in both runs is no part of this.
        if old == new or (name in of_some and not mine):
            continue
        # Not every run kept the version of what measures.
        if name in measuring and None in (old, new):
            continue
        about = mine if name in of_some else () if name in measuring else None
        yield Difference(group="versions", name=name, before=old, after=new, stacks=about)


def _engine_options(before: Run, after: Run) -> Iterator[Difference]:
    """What only the engine understands, as far as figures may depend on it."""
    old, new = before.plan.engine_options, after.plan.engine_options
    beside_the_point = {*made_with(before).beside_the_point, *made_with(after).beside_the_point}
    for name in sorted({*old, *new} - beside_the_point):
        if old.get(name) != new.get(name):
            shown = _shown(before, after, old.get(name), new.get(name))
            yield Difference(group="measuring", name=name, before=shown[0], after=shown[1], stacks=(), unlike=True)


def _secrets(before: Run, after: Run) -> Iterator[Difference]:
    """Environment, headers, bodies and words: that they differ, and not what they are."""
    for group, hidden, unlike in (("app", _environment, False), ("requests", _contents, True)):
        old, new = hidden(before), hidden(after)
        for name in sorted({*old, *new}):
            if old.get(name) != new.get(name):
                yield Difference(
                    group=group,
                    name=name,
                    before="set" if name in old else None,
                    after=None if name not in new else "set otherwise" if name in old else "set",
                    unlike=unlike,
                )


def _environment(run: Run) -> dict[str, object]:
    of_variants: dict[str, object] = {
        f"variable {name} of {variant.name}": value for variant in run.plan.variants for name, value in variant.env
    }
    return of_variants | {f"variable {name}": value for name, value in run.plan.app.env}


def _contents(run: Run) -> dict[str, object]:
    requests = run.plan.requests
    contents: dict[str, object] = {f"header {name}": value for name, value in requests.headers}
    return (
        contents
        | ({"body": requests.body} if requests.body else {})
        | ({"words": requests.words} if requests.words else {})
    )


def _loads(before: Run, after: Run, phases: Collection[str]) -> Iterator[Difference]:
    """A phase that is compared must have the same load in both; how long it lasts is only said."""
    yield from _curves(before.plan.curve, after.plan.curve, is_compared=CURVE in phases)
    old_phases, new_phases = ({phase.name: phase for phase in run.plan.phases} for run in (before, after))
    for name in dict.fromkeys((*old_phases, *new_phases)):
        old, new = old_phases.get(name), new_phases.get(name)
        if old is None or new is None or old.load.kind != new.load.kind:
            kinds = [None if phase is None else phase.load.kind for phase in (old, new)]
            yield Difference(group="load", name=name, before=kinds[0], after=kinds[1], unlike=name in phases)
            continue
        # What is not compared has no part in what is.
        stacks, unlike = (None, not _found_alike(before, after, old.load, new.load)) if name in phases else ((), False)
        yield from _fields(name, old.load, new.load, stacks=stacks, unlike=unlike)
        yield from _fields(name, old, new, stacks=(), unlike=False)


def _curves(before: Curve | None, after: Curve | None, *, is_compared: bool) -> Iterator[Difference]:
    """Capacities by other limits are other figures; how long and by how many connections they were found is said."""
    if _kept(before) != _kept(after):
        old, new = _limits(before), _limits(after)
        yield Difference(group="load", name=CURVE, before=old, after=new, unlike=is_compared)
    if before is None or after is None:
        return
    for name, old, new in (
        ("hold", _hold(before), _hold(after)),
        ("requests held for", f"{before.requests:,}", f"{after.requests:,}"),
        ("connections max", f"{before.connections_max:,}", f"{after.connections_max:,}"),
    ):
        if old != new:
            yield Difference(group="load", name=f"{CURVE}, {name}", before=old, after=new, stacks=(), unlike=False)


def _hold(curve: Curve) -> str:
    if curve.hold_s is not None:
        return format_duration(curve.hold_s)
    return "as long as it takes" if curve.hold_share == 1 else f"{curve.hold_share * 100:.0f} % of what it takes"


def _kept(curve: Curve | None) -> set[tuple[str, float]]:
    """What a rate had to keep, however that was written."""
    return {(limit.figure, round(limit.most, 9)) for limit in curve.limits} if curve else set()


def _limits(curve: Curve | None) -> str | None:
    return " and ".join(sorted(limit.text for limit in curve.limits)) if curve else None


def found_apart(first: FinishedRun, second: FinishedRun, phase: str) -> bool:
    """Whether in this phase both runs asked for the same share of what they bore, which was not nearly the same."""
    loads = [each.load for run in (first, second) for each in run.run.plan.phases if each.name == phase]
    if len(loads) < 2:
        return False
    found = _found(first.run, second.run, *loads)
    return found is not None and not _near(*found)


def _found_alike(before: Run, after: Run, old: Load, new: Load) -> bool:
    """Whether both rates are the same share of what was borne, and nearly the same."""
    found = _found(before, after, old, new)
    return found is not None and _near(*found)


def _found(before: Run, after: Run, old: Load, new: Load) -> tuple[float, float] | None:
    """Both rates, where they are the same share of what was borne; else None."""
    shares = {run.plan.unsaid.steady_share if run.plan.unsaid else None for run in (before, after)}
    if len(shares) > 1 or None in shares or old.peak_per_s is None or new.peak_per_s is None:
        return None
    return old.peak_per_s, new.peak_per_s


def _near(old_per_s: float, new_per_s: float) -> bool:
    return abs(new_per_s / old_per_s - 1) <= _ALIKE


def _fields(
    phase: str, before: Record, after: Record, *, stacks: tuple[str, ...] | None, unlike: bool
) -> Iterator[Difference]:
    """Those that differ, but for records within."""
    for field, old in msgspec.structs.asdict(before).items():
        new = getattr(after, field)
        if old != new and not isinstance(old, Record):
            called = (
                _kind(before) if field == "count" else field.removesuffix("_s").removesuffix("_per").replace("_", " ")
            )
            yield Difference(
                group="load",
                name=f"{phase}, {called}",
                before=_quantity(field, old),
                after=_quantity(field, new),
                stacks=stacks,
                unlike=unlike,
            )


def _kind(load: Record) -> str:
    """``connections``."""
    return type(load).__name__.lower()


def _quantity(field: str, value: object) -> str:
    """A value in the unit that its field's name tells."""
    if isinstance(value, float) and field.endswith("_per_s"):
        return f"{value:g}/s"
    if isinstance(value, float) and field.endswith("_s"):
        return format_duration(value)
    return str(value)


def _stacks(before: Run, after: Run, labels: Sequence[str]) -> Iterator[Difference]:
    """Settings of stacks, those that changed alike together."""
    old, new = ({stack.label: stack for stack in run.plan.stacks} for run in (before, after))
    for setting in ("workers", "threads", "bind"):
        alike: dict[tuple[str, str], list[str]] = {}
        for label in labels:
            if setting == "bind" and not made_with(after).stacks[label].has_hops:
                continue  # to whatever it is set, nothing goes by it
            values = str(getattr(old[label], setting)), str(getattr(new[label], setting))
            if values[0] != values[1]:
                alike.setdefault(values, []).append(label)
        for (first, second), which in alike.items():
            stacks = None if len(which) == len(labels) else tuple(which)
            yield Difference(group="stacks", name=setting, before=first, after=second, stacks=stacks)
