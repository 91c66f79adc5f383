"""Fails as soon as it is imported."""

raise RuntimeError("the app cannot be imported")
