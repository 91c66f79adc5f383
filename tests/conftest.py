"""What holds for all tests."""

from hypothesis import settings

# How long an example takes is the machine's affair, and on a busy one no claim of the test's.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")
