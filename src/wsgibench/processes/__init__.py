"""The only code that starts, watches and ends processes."""
