"""Bringing up: from a candidate to its programs and files, and to a stack that answers."""
