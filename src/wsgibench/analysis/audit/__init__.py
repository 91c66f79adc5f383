"""A run read with everything that follows from its recordings made again: what does not agree does not count.

It finds damage, mix-ups and figures that were changed by hand. It proves nothing against who makes recordings, too.
"""

from wsgibench.analysis.audit.audited import COPY_AGAIN, Audited, audit

__all__ = ["COPY_AGAIN", "Audited", "audit"]
