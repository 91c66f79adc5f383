"""wsgibench finds the best way to serve a Python web app on this machine, and says how sure it is."""

__version__ = "0.1.0"
