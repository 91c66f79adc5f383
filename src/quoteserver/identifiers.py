"""The number of a quotation in a query string."""

import re

from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

_DIGITS = re.compile(r"[0-9]{1,19}")
_LARGEST = 2**63 - 1
"""The largest integer of sqlite, and of Elasticsearch."""


def parse_id(arguments: MultiDict[str, str]) -> int:
    """The one ``id``, 0 to 2**63 - 1.

    Raises:
        BadRequest: there is none, more than one, or it is no such number.
    """
    given = arguments.getlist("id")
    if not given:
        raise BadRequest("The address has no id. Add ?id= and a number.")
    if len(given) > 1:
        raise BadRequest("The address has more than one id. Give one.")
    if not _DIGITS.fullmatch(given[0]) or (number := int(given[0])) > _LARGEST:
        raise BadRequest("The id is no number of a quotation. Give digits, for example ?id=5.")
    return number
