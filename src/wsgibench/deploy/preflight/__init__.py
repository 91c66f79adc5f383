"""Before the first block: one stack answers all that the load will ask. What is not right ends the run, with what was
seen and what to do about it.
"""

from wsgibench.deploy.preflight.excerpts import remarks
from wsgibench.deploy.preflight.inquiry import Inquiry, in_good_time
from wsgibench.deploy.preflight.preflight import Preflight

__all__ = ["Inquiry", "Preflight", "in_good_time", "remarks"]
