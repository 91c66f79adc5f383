"""No figure without its circumstances: what stands above and below every picture."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from textwrap import wrap

import msgspec

from wsgibench.analysis.verdict.circumstances import circumstances_of
from wsgibench.model.load import Requests
from wsgibench.model.plan import Phase, Plan
from wsgibench.model.run import FinishedRun
from wsgibench.model.secrets import Secrets
from wsgibench.model.setup import DEFAULT_SETUP, Setup
from wsgibench.model.trial import Trial
from wsgibench.report.placement import cores_in_words, workers_in_words
from wsgibench.report.wording import listed
from wsgibench.units import format_duration, format_size

_LINE_CHARACTERS = 136
"""What fits into 800 px at the size of the small type."""
_LISTED_MAX = 6
_CURVES = "rates from light load to more than each stack bears, in random order"
_UNPRINTABLE = re.compile(
    r"(?:[^\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u200e\u200f\u2028-\u202e\u2066-\u2069])+"
)


def printable(text: str) -> str:
    """The text in one line, without control characters, which no SVG may contain, nor such as turn its order round."""
    return _UNPRINTABLE.sub(" ", text).strip()


def in_lines(sentences: Sequence[str]) -> tuple[str, ...]:
    """Each sentence from a line of its own on, wrapped to the width of a picture."""
    return tuple(line for sentence in sentences for line in wrap(printable(sentence), _LINE_CHARACTERS))


def circumstances(finished: FinishedRun, phase: Phase | None) -> tuple[str, ...]:
    """Load, workers, duration, engine; machine and the stack's cores, app, data. Without a phase, those of curves."""
    run, found = finished.run, circumstances_of(finished)
    plan, machine, secrets = run.plan, run.machine, Secrets.of(run.plan)
    how = [
        _CURVES if phase is None else load_of(plan, phase),
        workers_in_words(found),
        "" if phase is None else _duration_of(plan, phase),
        f"engine {found.engine}",
        "" if run.status == "done" else f"run {run.status}",
    ]
    where = [
        f"{machine.cpu}, {cores_in_words(found)}, {format_size(machine.memory_bytes)}, {machine.system}",
        f"app {secrets.hidden_in_call(plan.app.words)}",
        f"data: {secrets.hidden(plan.store)}" if plan.store else "",
    ]
    return in_lines(["; ".join(part for part in parts if part) for parts in (how, where)])


def _duration_of(plan: Plan, phase: Phase) -> str:
    turn_s = plan.turn_of(phase)
    return f"{format_duration(phase.duration_s)} a trial" + (f" in turns of {turn_s:.3g} s" if turn_s else "")


def load_of(plan: Plan, phase: Phase) -> str:
    """The load of a phase in words, with where its rate comes from."""
    return phase.load.in_words(plan.unsaid.steady_share if plan.unsaid else None)


def setup_in_words(setup: Setup) -> list[str]:
    """Sentences on what is set up otherwise than by default; none where nothing is."""
    return [*_mounted(setup), *_as_the_article_did(setup)]


def requests_in_words(requests: Requests) -> list[str]:
    """Sentences on what is asked otherwise than by default, or needs care."""
    sentences = []
    if requests.expect:
        statuses = listed(requests.expect, "or")
        sentences.append(f"Right are answers with the status {statuses}, and no others.")
    if requests.writes:
        sentences.append(
            f"{requests.method} requests may write: on every stack they go to the app's real data, some before "
            "anything is measured, thousands in each trial. Point the app to data that you can lose."
        )
    return sentences


def _mounted(setup: Setup) -> list[str]:
    sentences = []
    if setup.forwarded_proto:
        sentences.append(
            f"Requests come as through a further proxy that speaks {setup.forwarded_proto} to clients "
            f"(X-Forwarded-Proto), and every stack believes them."
        )
    if setup.prefix:
        sentences.append(f"The app is mounted below {setup.prefix}.")
    return sentences


def _as_the_article_did(setup: Setup) -> list[str]:
    if msgspec.structs.replace(setup, forwarded_proto=None, prefix="") == DEFAULT_SETUP:
        return []
    proxy = [
        *(["compresses"] if setup.compression else []),
        *(["writes an access log"] if setup.access_log else []),
    ]
    parts = [
        {
            "unix": "",
            "tcp": "hops go by TCP",
            "tcp-http": "hops go by TCP, but where they speak the uwsgi protocol by private unix sockets, as any user "
            "of this machine could run code by it",
        }[setup.bind],
        "" if setup.keep_alive else "uWSGI's HTTP router keeps no connections, nor does a proxy to its server",
        f"the proxy {listed(proxy)}" if proxy else "",
    ]
    return [
        f"Set up as the article did: {'; '.join(part for part in parts if part)}.",
        "So these stacks differ in more than the article's claims are about; by default they do not.",
    ]


def under_load(title: str, phase: str | None, phases: Collection[object]) -> str:
    """``Failures, steady load`` where the run had several phases; else, and of the run as a whole, the title."""
    return f"{title}, {phase} load" if phase is not None and len(phases) > 1 else title


def what_does_not_count(run: FinishedRun, phase: str) -> list[str]:
    """Sentences about trials that are drawn grey, or not at all."""
    grey = [trial for trial in run.trials if phase in trial.phases and not trial.counts]
    lost = [trial for trial in run.trials if phase not in trial.phases]
    sentences = []
    if grey:
        sentences.append(f"Thin and grey, as they failed gates and do not count: {_by_stack(run, grey)}.")
    if lost:
        sentences.append(f"Not drawn, as they failed: {_by_stack(run, lost)}.")
    return sentences


def few(sentences: Sequence[str]) -> list[str]:
    """As many of them as one reads, and how many more there are."""
    unique = list(dict.fromkeys(sentences))
    more = len(unique) - _LISTED_MAX
    return [*unique[:_LISTED_MAX], f"And {more} more like these."] if more > 0 else unique


def _by_stack(run: FinishedRun, trials: Sequence[Trial]) -> str:
    hidden = Secrets.of(run.run.plan).hidden
    counts = Counter(trial.stack.label for trial in trials)
    of_all = Counter(trial.stack.label for trial in run.trials)
    reasons = {
        label: dict.fromkeys(
            reason for trial in trials if trial.stack.label == label for reason in _reasons(trial, hidden)
        )
        for label in counts
    }
    return ", ".join(f"{label} ({counts[label]} of {of_all[label]}: {', '.join(reasons[label])})" for label in counts)


def _reasons(trial: Trial, hidden: Callable[[str], str]) -> list[str]:
    if trial.status != "done":
        return [hidden(trial.error or "no reason is known").splitlines()[0].rstrip(".")]
    return [gate.name for gate in trial.gates if not gate.passed]
