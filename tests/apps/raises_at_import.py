"""Cannot be imported."""

raise RuntimeError("the database is not configured")
