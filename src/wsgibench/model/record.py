"""What every record has in common."""

import msgspec


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A frozen value. Encoded as a JSON object; decoding checks types and refuses keys that it does not know."""
