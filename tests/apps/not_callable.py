"""Has an attribute that is no app."""

app = 42
