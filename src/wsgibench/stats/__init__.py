"""Pure functions on arrays; every one cites its source."""
