"""Before the first block: one stack answers all that the load will ask. What is not right ends the run, with what was
seen and what to do about it.
"""

from wsgibench.bench.preflight.evidence import remarks
from wsgibench.bench.preflight.inquiry import Inquiry, in_good_time
from wsgibench.bench.preflight.preflight import Preflight

__all__ = ["Inquiry", "Preflight", "in_good_time", "remarks"]
