"""The number of a quotation in a query string."""

import re
from urllib.parse import parse_qsl

from werkzeug.exceptions import BadRequest

_DIGITS = re.compile(r"[0-9]{1,19}")
_LARGEST = 2**63 - 1
"""The largest integer of sqlite, and of Elasticsearch."""


def parse_id(query: bytes) -> int:
    """The one ``id``, 0 to 2**63 - 1.

    Raises:
        BadRequest: there is none, more than one, or it is no such number.
    """
    # Not by Flask's request.args, which fails where the bytes are no UTF-8. Any bytes are Latin-1, digits included.
    given = [value for name, value in parse_qsl(query.decode("latin-1"), keep_blank_values=True) if name == "id"]
    if not given:
        raise BadRequest("The address has no id. Add ?id= and a number.")
    if len(given) > 1:
        raise BadRequest("The address has more than one id. Give one.")
    if not _DIGITS.fullmatch(given[0]) or (number := int(given[0])) > _LARGEST:
        raise BadRequest("The id is no number of a quotation. Give digits, for example ?id=5.")
    return number
