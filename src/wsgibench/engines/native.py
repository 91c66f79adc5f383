"""Our own engine: open and closed models, latency from the due time, turns; see docs/explanation/native-engine.md."""

from wsgibench.model.engine import Engine

ENGINE = Engine(
    summary="open and closed models, latency from the due time, turns; a third of the CPU of others",
    distribution="httptools",
    module="wsgibench.engines._native",
    argv=lambda python, job: (python, "-P", "-m", "wsgibench.engines._native", job),
    loads=frozenset({"users", "rate", "connections"}),
    has_turns=True,
    makes=frozenset({"rate", "connections"}),
)
